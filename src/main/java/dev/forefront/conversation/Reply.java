package dev.forefront.conversation;

/**
 * A finished reply.
 *
 * @param text all pieces joined, without any stop text
 * @param promptTokens tokens read, template included
 * @param replyTokens tokens written, the end-of-turn token not counted
 * @param stopText which of {@link Sampling#stops} ended it, or the empty string
 */
public record Reply(
    String text, StopReason stop, int promptTokens, int replyTokens, String stopText) {}
