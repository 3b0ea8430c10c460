package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Sampling;

/**
 * What a reply is asked for with.
 *
 * @param calls reads those of tools out of it; whoever hears the reply does not hear them, for they
 *     come with its end
 */
record Asked(Conversation conversation, Sampling sampling, Calls calls) {}
