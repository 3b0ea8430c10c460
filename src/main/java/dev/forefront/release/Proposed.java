package dev.forefront.release;

import java.nio.file.Path;

/**
 * The evidence meets the policy and the statement is written; the board has to sign it.
 *
 * @param folder the release's folder in the registry
 * @param modelDigest of the copy in that folder
 */
public record Proposed(String name, Path folder, String modelDigest, int signaturesNeeded)
    implements Proposal {}
