package dev.forefront.serve;

import dev.forefront.conversation.TokenTold;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens and how likely they were, in the words of OpenAI's API. */
final class Logprobs {
  /** What that API says of a token that cannot be. */
  private static final double LEAST = -9999;

  private Logprobs() {}

  /** What stands beside a piece of a message; null where nobody asked. */
  static @Nullable ObjectNode of(@Nullable List<TokenTold> tokens) {
    if (tokens == null) {
      return null;
    }
    ObjectNode logprobs = JsonMapper.shared().createObjectNode();
    ArrayNode content = logprobs.putArray("content");
    tokens.forEach(token -> content.add(json(token)));
    logprobs.putNull("refusal");
    return logprobs;
  }

  static ObjectNode json(TokenTold token) {
    ObjectNode json = json(token.text(), token.bytes(), token.logprob());
    ArrayNode likeliest = json.putArray("top_logprobs");
    for (TokenTold.Likely one : token.likeliest()) {
      likeliest.add(json(one.text(), one.bytes(), one.logprob()));
    }
    return json;
  }

  private static ObjectNode json(String text, byte[] bytes, double logprob) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("token", text);
    json.put("logprob", Math.max(LEAST, logprob));
    if (bytes.length == 0) {
      json.putNull("bytes");
    } else {
      ArrayNode list = json.putArray("bytes");
      for (byte one : bytes) {
        list.add(one & 0xff);
      }
    }
    return json;
  }
}
