package dev.forefront.serve;

import dev.forefront.audit.PersonalText;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Message.Kind;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.TokenTold;
import dev.forefront.guard.GuardedReply.Outcome;
import dev.forefront.guard.Side;
import dev.forefront.guard.Verdict;
import dev.forefront.release.Standing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * What the record says about one request and its reply: sizes and digests, and the text only where
 * the operator said so; then it lies beside the log, under a salted commitment.
 */
final class ReplyRecord {
  private final String requestId;
  private final String caller;
  private final Versions versions;
  private final Recording recording;
  private final StringBuilder said = new StringBuilder();
  private long verdicts;
  private long inputBytes;
  private final long began = System.nanoTime();
  private final List<long[]> ranges = new ArrayList<>();
  private final MessageDigest delivered = Sha256.digest();
  private final MessageDigest tokensDigest = Sha256.digest();
  private long tokensTold;
  private final MessageDigest callsDigest = Sha256.digest();
  private long calls;

  ReplyRecord(String requestId, String caller, Versions versions, Recording recording) {
    this.requestId = requestId;
    this.caller = caller;
    this.versions = versions;
    this.recording = recording;
  }

  /**
   * The entry before the model is asked. The digest is over the conversation as compact JSON: a
   * list of objects with {@code role} and {@code content}. What belongs to tools has roles of its
   * own: {@code tools}, {@code tool_call} and {@code tool}.
   */
  Map<String, ?> request(String api, Conversation conversation) {
    byte[] prompt = canonical(conversation);
    for (Message message : conversation.messages()) {
      inputBytes += message.content().getBytes(StandardCharsets.UTF_8).length;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("request_id", requestId);
    fields.put("api", api);
    fields.put("prompt_bytes", prompt.length);
    fields.put("prompt_sha256", Sha256.hex(prompt));
    fields.put("messages", conversation.messages().size());
    fields.put("caller", caller);
    versions.addTo(fields);
    return fields;
  }

  /** The conversation, where it is to be kept. */
  PersonalText asked(Conversation conversation) {
    return kept("prompt", new String(canonical(conversation), StandardCharsets.UTF_8));
  }

  /** What left, where it is to be kept and anything did. */
  Optional<PersonalText> answered() {
    return recording == Recording.TEXT && !said.isEmpty()
        ? Optional.of(kept("reply", said.toString()))
        : Optional.empty();
  }

  /** The entry that commits to what left. */
  Map<String, ?> text() {
    return Map.of("request_id", requestId);
  }

  private PersonalText kept(String name, String text) {
    return recording == Recording.TEXT
        ? new PersonalText(Map.of("request_id", requestId, "caller", caller), Map.of(name, text))
        : PersonalText.NONE;
  }

  static byte[] canonical(Conversation conversation) {
    ArrayNode list = JsonMapper.shared().createArrayNode();
    for (Message message : conversation.messages()) {
      list.addObject().put("role", role(message)).put("content", message.content());
    }
    return list.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String role(Message message) {
    return switch (message.kind()) {
      case Kind.Words _, Kind.Opening _ -> message.role().wireName();
      case Kind.Definitions _ -> "tools";
      case Kind.Call _ -> "tool_call";
      case Kind.Result _ -> "tool";
    };
  }

  /**
   * Takes down what is about to leave.
   *
   * @throws IllegalStateException where the verdict does not cover exactly the bytes that follow
   *     what has left: then nothing may leave
   */
  void allowed(Verdict.Allow verdict, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long next = ranges.isEmpty() ? 0 : ranges.getLast()[1];
    if (verdict.from() != next || verdict.to() - next != bytes.length) {
      throw new IllegalStateException(
          "a verdict on bytes %d to %d covers no %d bytes from %d on"
              .formatted(verdict.from(), verdict.to(), bytes.length, next));
    }
    verdicts++;
    if (recording == Recording.TEXT) {
      said.append(text);
    }
    delivered.update(bytes);
    if (ranges.isEmpty()) {
      ranges.add(new long[] {0, verdict.to()});
    }
    ranges.getLast()[1] = verdict.to();
  }

  /**
   * Takes down the tokens that leave beside a text: with those that could have been, more is told
   * than the text.
   */
  void told(List<TokenTold> tokens) {
    for (TokenTold token : tokens) {
      tokensTold++;
      tokensDigest.update(Logprobs.json(token).toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Takes down the calls that are about to leave, as they leave. */
  void called(List<ToolCall> made) {
    for (ToolCall call : made) {
      calls++;
      callsDigest.update(
          JsonMapper.shared()
              .createObjectNode()
              .put("name", call.name())
              .put("arguments", call.arguments())
              .toString()
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The entry before bytes of a stream leave: what was told is known also where the end is not. */
  Map<String, ?> verdict(Verdict.Allow verdict) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("request_id", requestId);
    fields.put("from", verdict.from());
    fields.put("to", verdict.to());
    return fields;
  }

  Map<String, ?> ended(Outcome outcome, int promptTokens) {
    Map<String, Object> entry = ending(outcome, promptTokens);
    if (!outcome.redacted().isEmpty()) {
      entry.put(
          "redacted",
          Map.of("hidden", outcome.redacted().hidden(), "removed", outcome.redacted().removed()));
    }
    return entry;
  }

  private Map<String, Object> ending(Outcome outcome, int promptTokens) {
    return switch (outcome) {
      case Outcome.Finished finished -> {
        Map<String, Object> fields =
            fields(
                "finished",
                finished.reply().stop().name().toLowerCase(Locale.ROOT),
                promptTokens,
                finished.reply().replyTokens());
        fields.put("input_allowed", input());
        if (finished.reply().cachedTokens() > 0) {
          fields.put("cached_tokens", finished.reply().cachedTokens());
        }
        yield fields;
      }
      case Outcome.Refused refused -> {
        Map<String, Object> fields =
            fields("refused", "refusal", promptTokens, refused.replyTokens());
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("hazard", refused.block().category().name());
        block.put("stage", refused.block().stage());
        block.put("side", refused.side().name().toLowerCase(Locale.ROOT));
        block.put("score", refused.block().score());
        block.put("explanation", refused.block().explanation());
        if (!refused.block().layers().isEmpty()) {
          block.put("layers", refused.block().layers());
        }
        fields.put("block", block);
        if (refused.side() == Side.OUTPUT) {
          fields.put("input_allowed", input());
        }
        yield fields;
      }
    };
  }

  /** The model is asked only once a verdict allows all bytes of the conversation. */
  private List<Long> input() {
    return List.of(0L, inputBytes);
  }

  /** The caller left, or the server stopped. */
  Map<String, ?> cancelled(int promptTokens) {
    return fields("cancelled", "cancelled", promptTokens, -1);
  }

  /** The board stopped the release. */
  Map<String, ?> stopped(Standing.Stopped order, int promptTokens, int replyTokens) {
    Map<String, Object> fields = fields("stopped", "refusal", promptTokens, replyTokens);
    fields.put("stopped", Map.of("reason", order.reason(), "by", order.by()));
    return fields;
  }

  Map<String, ?> failed(int promptTokens) {
    return fields("failed", "error", promptTokens, -1);
  }

  private Map<String, Object> fields(String outcome, String stop, int prompt, int reply) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("request_id", requestId);
    fields.put("outcome", outcome);
    fields.put("stop_reason", stop);
    fields.put("caller", caller);
    versions.addTo(fields);
    fields.put("allowed", ranges);
    fields.put("verdicts", verdicts);
    fields.put("allowed_bytes", ranges.stream().mapToLong(range -> range[1] - range[0]).sum());
    fields.put("delivered_sha256", soFar(delivered));
    if (tokensTold > 0) {
      fields.put("logprobs", tokensTold);
      fields.put("logprobs_sha256", soFar(tokensDigest));
    }
    if (calls > 0) {
      fields.put("tool_calls", calls);
      fields.put("tool_calls_sha256", soFar(callsDigest));
    }
    fields.put("prompt_tokens", prompt);
    if (reply >= 0) {
      fields.put("reply_tokens", reply);
    }
    fields.put("milliseconds", (System.nanoTime() - began) / 1_000_000);
    return fields;
  }

  /** The digest of what there is until now; a board's order may come after the end was recorded. */
  private static String soFar(MessageDigest digest) {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 can be copied in every JDK", e);
    }
  }
}
