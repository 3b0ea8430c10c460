package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.TokenTold;
import dev.forefront.guard.GuardedReply.Outcome;
import dev.forefront.release.Release;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's Messages API: {@code POST /v1/messages}, whole or as a stream of events. */
final class MessagesApi {
  static final String NAME = "messages";
  private static final String PING = "event: ping\ndata: {\"type\":\"ping\"}\n\n";

  private final Release release;
  private final Replies replies;
  private final Bodies bodies;
  private final long mostBytes;
  private final Bounds bounds;

  MessagesApi(Release release, Replies replies, Bodies bodies, long mostBytes, Bounds bounds) {
    this.release = release;
    this.replies = replies;
    this.bodies = bodies;
    this.mostBytes = mostBytes;
    this.bounds = bounds;
  }

  void create(Call call) {
    MessagesRequest asked =
        bodies.read(call, mostBytes, body -> MessagesRequest.read(body, bounds));
    if (asked.stream()) {
      stream(call, asked);
    } else {
      whole(call, asked);
    }
  }

  void countTokens(Call call) {
    Conversation conversation =
        bodies.read(call, mostBytes, body -> MessagesRequest.conversation(body, bounds));
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.put("input_tokens", replies.countTokens(conversation));
    call.send(200, answer);
  }

  private void whole(Call call, MessagesRequest asked) {
    StringBuilder text = new StringBuilder();
    Replies.Hearer hearer =
        new Replies.Hearer() {
          @Override
          public void begins(int promptTokens) {}

          @Override
          public void allowed(String piece, List<TokenTold> tokens) {
            text.append(piece);
          }

          @Override
          public Replies.Telling telling() {
            return Replies.Telling.AT_THE_END;
          }
        };
    Ended ended = write(call, asked, hearer);
    End end = end(ended);
    if (ended instanceof Ended.Stopped) {
      // What was written waits here still, and may not leave any more.
      text.setLength(0);
    }
    ObjectNode message = message(Call.newId("msg_"));
    if (end.notice() != null && text.isEmpty()) {
      text.append(end.notice().text());
    }
    if (!text.isEmpty()) {
      message.withArray("content").add(textBlock(text.toString()));
    }
    for (ToolCall made : end.calls()) {
      message.withArray("content").add(MessagesTools.whole(made));
    }
    end.writeTo(message);
    message.set("usage", usage(ended, end.replyTokens()));
    if (end.notice() != null) {
      message.set("forefront", end.notice().json());
      call.response().header(Call.SHOULD_RETRY, "false");
    }
    call.send(200, message);
  }

  private Ended write(Call call, MessagesRequest asked, Replies.Hearer hearer) {
    return replies.write(call, NAME, asked.reply(), hearer);
  }

  private void stream(Call call, MessagesRequest asked) {
    Events events = new Events(call, message(Call.newId("msg_")));
    try {
      Ended ended = write(call, asked, events);
      events.ended(end(ended), ended);
    } catch (ApiException e) {
      events.failed(e);
    }
  }

  private ObjectNode message(String id) {
    ObjectNode message = JsonMapper.shared().createObjectNode();
    message.put("id", id);
    message.put("type", "message");
    message.put("role", "assistant");
    message.put("model", release.name());
    message.putArray("content");
    message.putNull("stop_reason");
    message.putNull("stop_sequence");
    message.putNull("stop_details");
    message.putNull("container");
    return message;
  }

  private static ObjectNode textBlock(String text) {
    ObjectNode block = JsonMapper.shared().createObjectNode();
    block.put("type", "text");
    block.put("text", text);
    block.putNull("citations");
    return block;
  }

  /** What was read and what was not read again are counted apart, as clients add them up. */
  private static ObjectNode usage(Ended ended, int replyTokens) {
    ObjectNode usage = usage(ended.promptTokens() - ended.cachedTokens(), replyTokens);
    return usage.put("cache_read_input_tokens", ended.cachedTokens());
  }

  private static ObjectNode usage(int promptTokens, int replyTokens) {
    ObjectNode usage = JsonMapper.shared().createObjectNode();
    usage.put("input_tokens", promptTokens);
    usage.put("output_tokens", replyTokens);
    usage.putNull("cache_creation_input_tokens");
    usage.putNull("cache_read_input_tokens");
    usage.putNull("cache_creation");
    usage.putNull("output_tokens_details");
    usage.putNull("server_tool_use");
    usage.putNull("service_tier");
    usage.putNull("inference_geo");
    return usage;
  }

  /** How a reply ended, in the words of this API. */
  private record End(
      String stopReason,
      @Nullable String stopText,
      @Nullable Notice notice,
      int replyTokens,
      List<ToolCall> calls) {

    void writeTo(ObjectNode node) {
      node.put("stop_reason", stopReason);
      node.put("stop_sequence", stopText);
      if (notice != null) {
        node.set("stop_details", notice.stopDetails());
      } else {
        node.putNull("stop_details");
      }
      node.putNull("container");
    }
  }

  private End end(Ended ended) {
    return switch (ended) {
      case Ended.Guarded guarded -> end(guarded.outcome(), guarded.calls());
      case Ended.Stopped stopped ->
          new End(
              "refusal",
              null,
              Notice.of(release.policyName(), stopped.order()),
              stopped.replyTokens(),
              List.of());
    };
  }

  private End end(Outcome outcome, List<ToolCall> calls) {
    return switch (outcome) {
      case Outcome.Refused refused ->
          new End(
              "refusal",
              null,
              Notice.of(release.policyName(), refused),
              refused.replyTokens(),
              List.of());
      case Outcome.Finished finished -> {
        Reply reply = finished.reply();
        String stop = stopReason(reply, calls);
        yield new End(
            stop,
            stop.equals("stop_sequence") ? reply.stopText() : null,
            null,
            reply.replyTokens(),
            calls);
      }
    };
  }

  private static String stopReason(Reply reply, List<ToolCall> calls) {
    return switch (reply.stop()) {
      case END_OF_TURN, CANCELLED -> calls.isEmpty() ? "end_turn" : "tool_use";
      case MAX_TOKENS -> "max_tokens";
      case STOP_TEXT -> calls.isEmpty() ? "stop_sequence" : "tool_use";
      case CONTEXT_FULL -> "model_context_window_exceeded";
    };
  }

  /** The events of one message, in the order that the official clients demand. */
  private static final class Events implements Replies.Hearer {
    private final Call call;
    private final ObjectNode message;
    private @Nullable EventStream stream;
    private boolean open;
    private boolean empty = true;

    Events(Call call, ObjectNode message) {
      this.call = call;
      this.message = message;
    }

    @Override
    public synchronized void begins(int promptTokens) {
      stream = EventStream.open(call);
      message.set("usage", usage(promptTokens, 0));
      ObjectNode event = event("message_start");
      event.set("message", message);
      send(event);
    }

    @Override
    public void allowed(String text, List<TokenTold> tokens) {
      say(text);
    }

    private void say(String text) {
      if (!open) {
        ObjectNode start = event("content_block_start");
        start.put("index", 0);
        start.set("content_block", textBlock(""));
        send(start);
        open = true;
      }
      empty = false;
      ObjectNode event = event("content_block_delta");
      event.put("index", 0);
      event.putObject("delta").put("type", "text_delta").put("text", text);
      send(event);
    }

    private void say(ToolCall made, int index) {
      ObjectNode start = event("content_block_start").put("index", index);
      start.set("content_block", MessagesTools.json(made));
      send(start);
      ObjectNode event = event("content_block_delta").put("index", index);
      event
          .putObject("delta")
          .put("type", "input_json_delta")
          .put("partial_json", made.arguments());
      send(event);
      send(event("content_block_stop").put("index", index));
    }

    @Override
    public void pulse() {
      EventStream now = stream();
      if (now != null) {
        now.keepAlive(PING);
      }
    }

    void ended(End end, Ended all) {
      Notice notice = end.notice();
      if (notice != null && empty) {
        say(notice.text());
      }
      int index = 0;
      if (open) {
        send(event("content_block_stop").put("index", index++));
      }
      for (ToolCall made : end.calls()) {
        say(made, index++);
      }
      ObjectNode last = event("message_delta");
      end.writeTo(last.putObject("delta"));
      last.set("usage", usage(all, end.replyTokens()));
      if (notice != null) {
        last.set("forefront", notice.json());
      }
      send(last);
      send(event("message_stop"));
      close();
    }

    /** Before the stream has begun, an error is an answer of its own. */
    void failed(ApiException e) {
      if (stream() == null) {
        throw e;
      }
      if (call.connected().getAsBoolean()) {
        send("error", call.dialect().error(e.problem(), e.field(), e.sentence(), call.id()));
      }
      close();
    }

    private synchronized @Nullable EventStream stream() {
      return stream;
    }

    private void close() {
      EventStream now = stream();
      if (now != null) {
        now.close();
      }
    }

    private static ObjectNode event(String type) {
      return JsonMapper.shared().createObjectNode().put("type", type);
    }

    private void send(ObjectNode event) {
      send(event.path("type").asString(), event);
    }

    private void send(String name, ObjectNode event) {
      EventStream now = stream();
      if (now == null) {
        throw new IllegalStateException("the stream has not begun");
      }
      now.send(name, event.toString());
    }
  }
}
