package dev.forefront.token;

import dev.forefront.conversation.Message;
import dev.forefront.conversation.Message.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages as templates know them: the assistant's calls belong to what it said before them, and
 * the definitions of tools stand beside the messages. Ids are our own, of the nine letters and
 * figures that some templates demand.
 */
final class ToolTurns {
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
  private static final TypeReference<List<Object>> LIST = new TypeReference<>() {};

  private final List<Map<String, ?>> turns = new ArrayList<>();
  private final Map<String, Object> variables = new LinkedHashMap<>();
  private List<Object> calls = new ArrayList<>();
  private int called;

  static ChatInput of(List<Message> messages) {
    ToolTurns turns = new ToolTurns();
    messages.forEach(turns::add);
    return new ChatInput(turns.turns, turns.variables);
  }

  private void add(Message message) {
    switch (message.kind()) {
      case Kind.Words _ -> turn(message.role().wireName(), message.content());
      case Kind.Definitions _ ->
          variables.put(ChatInput.TOOLS, JsonMapper.shared().readValue(message.content(), LIST));
      case Kind.Call _ -> call(message);
      case Kind.Result(String tool, int call) -> {
        Map<String, Object> turn = turn("tool", message.content());
        turn.put("tool_call_id", id(call));
        turn.put("name", tool);
      }
      case Kind.Opening _ -> {
        // Written after the prompt, by ChatTemplate.
      }
    }
  }

  private Map<String, Object> turn(String role, String content) {
    Map<String, Object> turn = new LinkedHashMap<>();
    turn.put("role", role);
    turn.put("content", content);
    turns.add(turn);
    calls = new ArrayList<>();
    return turn;
  }

  private void call(Message message) {
    if (turns.isEmpty() || !ChatInput.role(turns.getLast()).equals("assistant")) {
      turn("assistant", "");
    }
    if (calls.isEmpty()) {
      Map<String, Object> turn = new LinkedHashMap<>(turns.removeLast());
      turn.put("tool_calls", calls);
      turns.add(turn);
    }
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("id", id(called++));
    call.put("type", "function");
    call.put("function", JsonMapper.shared().readValue(message.content(), OBJECT));
    calls.add(call);
  }

  private static String id(int call) {
    return "call%05d".formatted(call);
  }
}
