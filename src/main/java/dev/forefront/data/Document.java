package dev.forefront.data;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** One piece of a corpus, with where it comes from and under which licence it may be used. */
public sealed interface Document {
  /** Unique within its source. */
  String id();

  /** The set it comes from. */
  String source();

  /** The licence as the source states it, such as {@code CC-BY-4.0}. */
  String licence();

  /** What people wrote in it, in order: the text itself, or every message's content. */
  List<String> texts();

  /** The same document with every text changed. */
  Document mapTexts(UnaryOperator<String> change);

  /** Everything people wrote in it as one text. */
  default String wholeText() {
    return String.join("\n", texts());
  }

  /** Plain text. */
  record Prose(String id, String text, String source, String licence) implements Document {
    @Override
    public List<String> texts() {
      return List.of(text);
    }

    @Override
    public Document mapTexts(UnaryOperator<String> change) {
      return new Prose(id, change.apply(text), source, licence);
    }
  }

  /** Turns. */
  record Dialogue(String id, Conversation conversation, String source, String licence)
      implements Document {
    @Override
    public List<String> texts() {
      return conversation.messages().stream()
          .map(Message::content)
          .collect(Collectors.toUnmodifiableList());
    }

    @Override
    public Document mapTexts(UnaryOperator<String> change) {
      return new Dialogue(
          id,
          new Conversation(
              conversation.messages().stream()
                  .map(message -> new Message(message.role(), change.apply(message.content())))
                  .toList()),
          source,
          licence);
    }
  }
}
