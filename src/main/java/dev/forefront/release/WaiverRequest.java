package dev.forefront.release;

import java.time.Instant;

/**
 * A waiver that a member asks the board for.
 *
 * @param release name of the release, which may not be there yet
 * @param candidate digest of its files, as the refusal of its proposal names it
 * @param policyDigest of a policy that the board adopted
 * @param criterion of that policy: the figure, such as {@code ends/self_ended_rate}, or the figure
 *     with the kind of its bound
 * @param until its end, at most 90 days away
 */
public record WaiverRequest(
    String release, String candidate, String policyDigest, String criterion, Instant until) {}
