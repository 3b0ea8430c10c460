package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The body of {@code add-checkpoint} (C2SP tlog-witness).
 *
 * @param old entries that the witness has cosigned, as the log believes
 * @param proof that the checkpoint's tree continues them
 */
record WitnessRequest(long old, List<byte[]> proof, Checkpoint checkpoint) {
  static final int MOST_HASHES = 63;

  WitnessRequest {
    proof = List.copyOf(proof);
  }

  String body() {
    StringBuilder body = new StringBuilder("old ").append(old).append('\n');
    proof.forEach(hash -> body.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
    return body.append('\n').append(checkpoint.note()).toString();
  }

  /**
   * @throws BadInputException where it is no such request
   */
  static WitnessRequest parse(String body) {
    int blank = body.indexOf("\n\n");
    if (!body.startsWith("old ") || blank < 0) {
      throw new BadInputException("this is no request to cosign: it begins with \"old\"");
    }
    List<String> lines = List.of(body.substring(0, blank).split("\n", -1));
    if (lines.size() > 1 + MOST_HASHES) {
      throw new BadInputException("a proof has at most %d hashes".formatted(MOST_HASHES));
    }
    List<byte[]> proof = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      proof.add(Strict.hash(line));
    }
    long old = Strict.number(lines.getFirst().substring("old ".length()));
    return new WitnessRequest(old, proof, Checkpoint.parse(body.substring(blank + 2)));
  }
}
