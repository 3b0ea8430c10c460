package dev.forefront.token;

import dev.forefront.conversation.Conversation;
import java.util.List;

/** Turns messages into words and control tokens, which never mix. */
interface TemplateRenderer {
  List<Segment> render(Conversation conversation, AddGenerationPrompt prompt);
}
