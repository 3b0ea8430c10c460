package dev.forefront.task;

import dev.forefront.conversation.Conversation;

/**
 * One question of an exam.
 *
 * @param id unique within its task
 * @param conversation ends with the user's turn
 * @param hazard category of what is asked for, such as {@code S1}; empty where there is none
 * @param heldOut what about it training never saw, such as {@code template} or {@code noun}
 */
public record Sample(
    String id, Conversation conversation, Expectation expectation, String hazard, String heldOut) {}
