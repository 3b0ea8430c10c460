package dev.forefront.serve;

import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import dev.forefront.guard.GuardedReply.Outcome;
import dev.forefront.release.Release;
import dev.forefront.serve.ChatRequest.Delivery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's chat completions: {@code POST /v1/chat/completions}, whole or in chunks. */
final class ChatApi {
  private static final String NAME = "chat.completions";

  private final Release release;
  private final Replies replies;
  private final Bodies bodies;
  private final long mostBytes;
  private final Bounds bounds;

  ChatApi(Release release, Replies replies, Bodies bodies, long mostBytes, Bounds bounds) {
    this.release = release;
    this.replies = replies;
    this.bodies = bodies;
    this.mostBytes = mostBytes;
    this.bounds = bounds;
  }

  void create(Call call) {
    ChatRequest asked = bodies.read(call, mostBytes, body -> ChatRequest.read(body, bounds));
    if (asked.delivery() == Delivery.WHOLE) {
      whole(call, asked);
    } else {
      stream(call, asked);
    }
  }

  private void whole(Call call, ChatRequest asked) {
    StringBuilder text = new StringBuilder();
    List<TokenTold> told = new ArrayList<>();
    Replies.Hearer hearer =
        new Replies.Hearer() {
          @Override
          public void begins(int promptTokens) {}

          @Override
          public void allowed(String piece, List<TokenTold> tokens) {
            text.append(piece);
            told.addAll(tokens);
          }

          @Override
          public Replies.Telling telling() {
            return Replies.Telling.AT_THE_END;
          }
        };
    Ended ended = write(call, asked, hearer);
    Notice notice = notice(ended);
    if (ended instanceof Ended.Stopped) {
      // What was written waits here still, and may not leave any more.
      text.setLength(0);
      told.clear();
    }
    ObjectNode answer = object("chat.completion");
    ObjectNode choice = answer.withArray("choices").addObject();
    choice.put("index", 0);
    ObjectNode message = choice.putObject("message");
    message.put("role", "assistant");
    boolean silent = text.isEmpty() && (notice != null || !calls(ended).isEmpty());
    message.put("content", silent ? null : text.toString());
    message.put("refusal", notice == null ? null : notice.text());
    for (ToolCall made : calls(ended)) {
      message.withArray("tool_calls").add(ChatTools.json(made));
    }
    choice.set("logprobs", Logprobs.of(asked.reply().sampling().tellsLogprobs() ? told : null));
    choice.put("finish_reason", finishReason(ended));
    answer.set("usage", usage(ended));
    if (notice != null) {
      answer.set("forefront", notice.json());
      call.response().header(Call.SHOULD_RETRY, "false");
    }
    call.send(200, answer);
  }

  private Ended write(Call call, ChatRequest asked, Replies.Hearer hearer) {
    return replies.write(call, NAME, asked.reply(), hearer);
  }

  private void stream(Call call, ChatRequest asked) {
    Chunks chunks = new Chunks(call, object("chat.completion.chunk"), asked);
    try {
      chunks.ended(write(call, asked, chunks), this);
    } catch (ApiException e) {
      chunks.failed(e);
    }
  }

  private ObjectNode object(String kind) {
    ObjectNode object = JsonMapper.shared().createObjectNode();
    object.put("id", Call.newId("chatcmpl-"));
    object.put("object", kind);
    object.put("created", Instant.now().getEpochSecond());
    object.put("model", release.name());
    object.putArray("choices");
    object.putNull("service_tier");
    object.putNull("system_fingerprint");
    return object;
  }

  private static ObjectNode usage(Ended ended) {
    int written =
        switch (ended) {
          case Ended.Stopped stopped -> stopped.replyTokens();
          case Ended.Guarded(Outcome.Finished finished, _, _) -> finished.reply().replyTokens();
          case Ended.Guarded(Outcome.Refused refused, _, _) -> refused.replyTokens();
        };
    ObjectNode usage =
        JsonMapper.shared()
            .createObjectNode()
            .put("prompt_tokens", ended.promptTokens())
            .put("completion_tokens", written)
            .put("total_tokens", ended.promptTokens() + written);
    usage.putObject("prompt_tokens_details").put("cached_tokens", ended.cachedTokens());
    return usage;
  }

  private @Nullable Notice notice(Ended ended) {
    return switch (ended) {
      case Ended.Stopped stopped -> Notice.of(release.policyName(), stopped.order());
      case Ended.Guarded(Outcome.Refused refused, _, _) -> Notice.of(release.policyName(), refused);
      case Ended.Guarded(Outcome.Finished _, _, _) -> null;
    };
  }

  private static String finishReason(Ended ended) {
    return switch (ended) {
      case Ended.Stopped _, Ended.Guarded(Outcome.Refused _, _, _) -> "content_filter";
      case Ended.Guarded(Outcome.Finished finished, _, List<ToolCall> calls) ->
          finishReason(finished.reply().stop(), calls);
    };
  }

  private static List<ToolCall> calls(Ended ended) {
    return ended instanceof Ended.Guarded guarded ? guarded.calls() : List.of();
  }

  private static String finishReason(StopReason stop, List<ToolCall> calls) {
    return switch (stop) {
      case END_OF_TURN, STOP_TEXT, CANCELLED -> calls.isEmpty() ? "stop" : "tool_calls";
      case MAX_TOKENS, CONTEXT_FULL -> "length";
    };
  }

  /** The chunks of one completion. */
  private static final class Chunks implements Replies.Hearer {
    private final Call call;
    private final ObjectNode frame;
    private final Delivery delivery;
    private final boolean telling;
    private @Nullable EventStream stream;

    Chunks(Call call, ObjectNode frame, ChatRequest asked) {
      this.call = call;
      this.frame = frame;
      delivery = asked.delivery();
      telling = asked.reply().sampling().tellsLogprobs();
    }

    @Override
    public synchronized void begins(int promptTokens) {
      stream = EventStream.open(call);
      ObjectNode delta = JsonMapper.shared().createObjectNode();
      send(chunk(delta.put("role", "assistant").put("content", "").putNull("refusal"), null));
    }

    @Override
    public void allowed(String text, List<TokenTold> tokens) {
      ObjectNode chunk = chunk(JsonMapper.shared().createObjectNode().put("content", text), null);
      if (telling) {
        ((ObjectNode) chunk.at("/choices/0")).set("logprobs", Logprobs.of(tokens));
      }
      send(chunk);
    }

    @Override
    public void pulse() {
      EventStream now = stream();
      if (now != null) {
        now.keepAlive(": ping\n\n");
      }
    }

    void ended(Ended ended, ChatApi api) {
      Notice notice = api.notice(ended);
      if (notice != null) {
        send(chunk(JsonMapper.shared().createObjectNode().put("refusal", notice.text()), null));
      }
      int index = 0;
      for (ToolCall made : calls(ended)) {
        ObjectNode delta = JsonMapper.shared().createObjectNode();
        delta.withArray("tool_calls").add(ChatTools.json(made).put("index", index++));
        send(chunk(delta, null));
      }
      ObjectNode last = chunk(JsonMapper.shared().createObjectNode(), finishReason(ended));
      if (notice != null) {
        last.set("forefront", notice.json());
      }
      send(last);
      if (delivery == Delivery.STREAM_WITH_USAGE) {
        ObjectNode usage = frame.deepCopy();
        usage.set("usage", usage(ended));
        send(usage);
      }
      done();
    }

    private ObjectNode chunk(ObjectNode delta, @Nullable String finishReason) {
      ObjectNode chunk = frame.deepCopy();
      ObjectNode choice = chunk.withArray("choices").addObject();
      choice.put("index", 0);
      choice.set("delta", delta);
      choice.putNull("logprobs");
      choice.put("finish_reason", finishReason);
      if (delivery == Delivery.STREAM_WITH_USAGE) {
        chunk.putNull("usage");
      }
      return chunk;
    }

    /** Before the stream has begun, an error is an answer of its own. */
    void failed(ApiException e) {
      EventStream now = stream();
      if (now == null) {
        throw e;
      }
      if (call.connected().getAsBoolean()) {
        send(call.dialect().error(e.problem(), e.field(), e.sentence(), call.id()));
      }
      now.close();
    }

    private synchronized @Nullable EventStream stream() {
      return stream;
    }

    private void send(ObjectNode chunk) {
      EventStream now = stream();
      if (now == null) {
        throw new IllegalStateException("the stream has not begun");
      }
      now.send(chunk.toString());
    }

    private void done() {
      EventStream now = stream();
      if (now != null) {
        now.send("[DONE]");
        now.close();
      }
    }
  }
}
