package dev.forefront.serve;

import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages of a request as they are read: each result answers a call that was made, and each
 * call has its result before anyone goes on. For one request.
 */
final class Dialogue {
  private static final int LONGEST_ID = 256;
  private static final int MOST_MESSAGES = 100_000;

  /** A call that waits for its result. */
  private record Made(String tool, int number, String place) {}

  private final List<Message> messages = new ArrayList<>();
  private final Map<String, Made> waiting = new LinkedHashMap<>();
  private final Map<String, String> answered = new HashMap<>();
  private String tools = "";
  private int calls;

  /** What a request says that was said: at least one message, and not too many. */
  static List<Fields.Element> messages(Fields fields) {
    List<Fields.Element> told = fields.list("messages");
    if (told.isEmpty()) {
      throw ApiException.invalid("messages", "must have at least one message");
    }
    if (told.size() > MOST_MESSAGES) {
      throw ApiException.invalid(
          "messages", "must have at most %,d messages".formatted(MOST_MESSAGES));
    }
    return told;
  }

  /**
   * Somebody says something.
   *
   * @param place in the request, for whoever has to mend it
   */
  void words(Role role, String content, String place) {
    requireResults(place);
    messages.add(new Message(role, content));
  }

  /**
   * The assistant calls a tool, after what it said.
   *
   * @param id by which the result names it
   */
  void call(String id, String name, ObjectNode arguments, String place) {
    if (id.isEmpty() || id.length() > LONGEST_ID) {
      throw ApiException.invalid(
          place + ".id", "must have 1 to %d characters".formatted(LONGEST_ID));
    }
    if (waiting.containsKey(id) || answered.containsKey(id)) {
      throw ApiException.invalid(place + ".id", "another call has this id already");
    }
    String text = arguments.toString();
    Fields.requireText(text, place);
    waiting.put(id, new Made(name, calls++, place));
    messages.add(Message.call(name, text));
    spoken(place);
  }

  void result(String id, String content, String place, String idField) {
    Made made = waiting.remove(id);
    if (made == null) {
      throw ApiException.invalid(
          place + "." + idField,
          answered.containsKey(id)
              ? "this call has its result already"
              : "nobody made a call with this id, or its result comes too late: it belongs right"
                  + " after the message with the call");
    }
    answered.put(id, made.tool());
    messages.add(Message.result(made.tool(), made.number(), content));
    spoken(place);
  }

  private void spoken(String place) {
    tools = tools.isEmpty() ? place : tools;
  }

  private void requireResults(String place) {
    for (Map.Entry<String, Made> one : waiting.entrySet()) {
      throw ApiException.invalid(
          place,
          "the call of %s at %s has no result: give it before anything else is said"
              .formatted(one.getValue().tool(), one.getValue().place()));
    }
  }

  /**
   * All messages.
   *
   * @throws ApiException where a call has no result, or the model cannot read of tools
   */
  List<Message> end(Bounds bounds) {
    requireResults("messages");
    if (!tools.isEmpty()) {
      Toolbox.requireFormat(tools, bounds.calls());
    }
    return List.copyOf(messages);
  }
}
