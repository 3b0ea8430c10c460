package dev.forefront.token;

import java.util.List;

/** Turns messages into words and control tokens, which never mix. */
interface TemplateRenderer {
  List<Segment> render(ChatInput input, AddGenerationPrompt prompt);
}
