package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Sensitive;
import dev.forefront.data.Sensitive.Found;
import dev.forefront.data.Sensitive.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The personal data and secrets of one conversation, and the placeholders that stand for them. Both
 * live as long as one reply is written, and nowhere but in memory: since every request brings the
 * whole conversation, the same placeholder stands for the same text each time.
 */
final class Placeholders {

  static final Pattern FORM = Pattern.compile("<[A-Z]{2,12}(?:_[A-Z]{2,12})?_\\d{1,4}>");

  private final Map<String, String> placeholders = new HashMap<>();
  private final Map<String, String> originals = new HashMap<>();
  private final Set<String> known = new HashSet<>();
  private final Map<Kind, Integer> numbers = new EnumMap<>(Kind.class);
  // Counted on one thread and asked for on another.
  private final Map<String, Integer> hidden = new ConcurrentHashMap<>();
  private final Map<String, Integer> removed = new ConcurrentHashMap<>();

  /**
   * The conversation as the model may read it. The operator's message stays as it is: what it says
   * is meant for the model, and its addresses for the person; its secrets are for neither. So do
   * the definitions of tools.
   */
  Conversation hide(Conversation conversation) {
    Set<String> taken = new HashSet<>();
    for (Message message : conversation.messages()) {
      Matcher forms = FORM.matcher(message.content());
      while (forms.find()) {
        taken.add(forms.group());
      }
    }
    List<Message> messages = new ArrayList<>();
    for (Message message : conversation.messages()) {
      messages.add(
          switch (message.kind()) {
            case Message.Kind.Words _ when message.role() == Role.SYSTEM -> learn(message);
            case Message.Kind.Definitions _, Message.Kind.Opening _ -> learn(message);
            case Message.Kind.Call _ ->
                message.saying(HiddenCall.of(message.content(), text -> hide(text, taken)));
            case Message.Kind.Words _, Message.Kind.Result _ ->
                message.saying(hide(message.content(), taken));
          });
    }
    return new Conversation(messages);
  }

  private Message learn(Message message) {
    for (Found found : Sensitive.find(message.content())) {
      if (!found.kind().isSecret()) {
        known.add(message.content().substring(found.from(), found.to()));
      }
    }
    return message;
  }

  private String hide(String text, Set<String> taken) {
    List<Found> hits = Sensitive.find(text);
    if (hits.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    for (Found hit : hits) {
      String original = text.substring(hit.from(), hit.to());
      out.append(text, copied, hit.from()).append(placeholder(hit.kind(), original, taken));
      copied = hit.to();
      hidden.merge(hit.kind().title(), 1, Integer::sum);
    }
    return out.append(text, copied, text.length()).toString();
  }

  private String placeholder(Kind kind, String original, Set<String> taken) {
    return placeholders.computeIfAbsent(
        original,
        text -> {
          String placeholder;
          do {
            placeholder = "<" + kind.name() + "_" + numbers.merge(kind, 1, Integer::sum) + ">";
          } while (taken.contains(placeholder));
          originals.put(placeholder, text);
          known.add(text);
          return placeholder;
        });
  }

  /** A part of the reply that ends where nothing is cut, as the person may read it. */
  String restore(String text, JsonPlaces places) {
    return places.restore(removeForeign(text), originals);
  }

  /** Takes out what the conversation did not hold. */
  private String removeForeign(String text) {
    List<Found> hits = Sensitive.find(text);
    if (hits.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    for (Found hit : hits) {
      if (!known.contains(text.substring(hit.from(), hit.to()))) {
        out.append(text, copied, hit.from()).append('[').append(hit.kind().title()).append(']');
        copied = hit.to();
        removed.merge(hit.kind().title(), 1, Integer::sum);
      }
    }
    return out.append(text, copied, text.length()).toString();
  }

  Redacted redacted() {
    return new Redacted(hidden, removed);
  }
}
