package dev.forefront.align;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;

/** A conversation of which only the last reply counts. */
final class RenderedReply {

  private RenderedReply() {}

  /**
   * @param name of what the prompt belongs to, for people
   * @throws BadInputException where the prompt does not end with a turn of the user
   */
  static Sequence of(ChatTemplate template, String name, Conversation prompt, String reply) {
    boolean ofUser =
        !prompt.messages().isEmpty()
            && switch (prompt.messages().getLast().role()) {
              case USER -> true;
              case SYSTEM, ASSISTANT -> false;
            };
    if (!ofUser) {
      throw new BadInputException(
          "the prompt of %s must end with a turn of the user".formatted(name));
    }
    var rendered = template.render(prompt.plus(Message.assistant(reply)), AddGenerationPrompt.NO);
    return new Sequence(rendered.ids(), rendered.assistantMask()).lastRunOnly();
  }
}
