package dev.forefront.release;

import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.VerifyingKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers what it computed, by exact bytes: whoever looks at a growing chain again and again then
 * verifies what is new. Holds {@value #MOST} answers at most. Not for several threads.
 */
final class RememberedVerifier implements Verifier {
  private static final int MOST = 4096;

  private final Map<Question, Boolean> answers = new LinkedHashMap<>();

  private record Question(VerifyingKey key, String message, String signature) {}

  @Override
  public boolean verifies(VerifyingKey key, byte[] message, byte[] signature) {
    Question question =
        new Question(key, Sha256.hex(message), Base64.getEncoder().encodeToString(signature));
    Boolean known = answers.get(question);
    if (known != null) {
      return known;
    }
    boolean answer = key.verifies(message, signature);
    if (answers.size() >= MOST) {
      answers.remove(answers.keySet().iterator().next());
    }
    answers.put(question, answer);
    return answer;
  }
}
