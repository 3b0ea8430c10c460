package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.serve.Asking.Answer;
import dev.forefront.serve.Asking.Event;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Asks for a reply with tools, whole and streamed, and wants the same of both. */
final class ToolReplies {
  private ToolReplies() {}

  /** What a request got. */
  record Got(String text, List<ToolCall> calls, String stop, String refusal) {}

  static Got chat(Server server, ToolWords words) {
    Got whole = whole(Asking.of(server).post("/v1/chat/completions", words.chat("")).json());
    Got stream =
        streamed(Asking.of(server).post("/v1/chat/completions", words.chat(",\"stream\":true")));
    assertThat(stream).isEqualTo(whole);
    return whole;
  }

  private static Got whole(JsonNode answer) {
    JsonNode message = answer.at("/choices/0/message");
    List<ToolCall> calls = new ArrayList<>();
    for (JsonNode call : message.path("tool_calls")) {
      assertThat(call.path("id").asString()).startsWith("call_");
      assertThat(call.path("type").asString()).isEqualTo("function");
      calls.add(
          new ToolCall(
              call.at("/function/name").asString(), call.at("/function/arguments").asString()));
    }
    return new Got(
        message.path("content").asString(""),
        calls,
        answer.at("/choices/0/finish_reason").asString(),
        message.path("refusal").asString(""));
  }

  private static Got streamed(Answer answer) {
    StringBuilder text = new StringBuilder();
    StringBuilder refusal = new StringBuilder();
    List<ToolCall> calls = new ArrayList<>();
    String stop = "";
    for (Event event : answer.events()) {
      if (event.data().startsWith("{")) {
        JsonNode choice = event.json().at("/choices/0");
        text.append(choice.at("/delta/content").asString(""));
        refusal.append(choice.at("/delta/refusal").asString(""));
        for (JsonNode call : choice.at("/delta/tool_calls")) {
          assertThat(call.path("index").asInt()).isEqualTo(calls.size());
          assertThat(call.path("id").asString()).startsWith("call_");
          calls.add(
              new ToolCall(
                  call.at("/function/name").asString(), call.at("/function/arguments").asString()));
        }
        stop = choice.path("finish_reason").asString(stop);
      }
    }
    return new Got(text.toString(), calls, stop, refusal.toString());
  }

  /** The blocks of a message, and why it ended. */
  static List<JsonNode> messages(Server server, ToolWords words) {
    JsonNode whole = Asking.of(server).post("/v1/messages", words.message("")).json();
    Answer stream = Asking.of(server).post("/v1/messages", words.message(",\"stream\":true"));
    List<JsonNode> blocks = new ArrayList<>();
    StringBuilder json = new StringBuilder();
    String stop = "";
    for (Event event : stream.events()) {
      JsonNode data = event.json();
      switch (event.name()) {
        case "content_block_start" -> {
          assertThat(data.path("index").asInt()).isEqualTo(blocks.size());
          blocks.add(data.path("content_block"));
          json.setLength(0);
        }
        case "content_block_delta" ->
            json.append(data.at("/delta/partial_json").asString(""))
                .append(data.at("/delta/text").asString(""));
        case "content_block_stop" -> {
          JsonNode block = blocks.getLast();
          if (block.path("type").asString().equals("tool_use")) {
            assertThat(block.path("input").isEmpty()).isTrue();
            ((ObjectNode) block).set("input", JsonMapper.shared().readTree(json.toString()));
          } else {
            ((ObjectNode) block).put("text", json.toString());
          }
        }
        case "message_delta" -> stop = data.at("/delta/stop_reason").asString();
        default -> {}
      }
    }
    assertThat(stop).isEqualTo(whole.path("stop_reason").asString());
    assertThat(blocks).hasSameSizeAs(whole.path("content"));
    for (int i = 0; i < blocks.size(); i++) {
      JsonNode block = whole.path("content").get(i);
      assertThat(blocks.get(i).path("text")).isEqualTo(block.path("text"));
      assertThat(blocks.get(i).path("input")).isEqualTo(block.path("input"));
    }
    List<JsonNode> all = new ArrayList<>();
    whole.path("content").forEach(all::add);
    all.add(whole.path("stop_reason"));
    return all;
  }
}
