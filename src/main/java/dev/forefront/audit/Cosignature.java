package dev.forefront.audit;

import dev.forefront.conversation.SigningKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a witness says about a checkpoint (C2SP tlog-cosignature, Ed25519, {@code cosignature/v1}):
 * as of this second, the largest tree that it has seen of this log is this one, and it is
 * consistent with all that it saw before.
 */
final class Cosignature {

  private Cosignature() {}

  static SignedNote.Signature sign(String text, NoteKey witness, SigningKey key, Instant now) {
    long seconds = now.getEpochSecond();
    byte[] signature = key.sign(message(text, seconds));
    byte[] timed =
        ByteBuffer.allocate(8 + signature.length).putLong(seconds).put(signature).array();
    return new SignedNote.Signature(witness.name(), witness.id(), timed);
  }

  /** When the witness cosigned this text; empty where these are not its bytes. */
  static Optional<Instant> time(String text, byte[] timed, NoteKey witness) {
    if (witness.use() != NoteKey.Use.WITNESS || timed.length <= 8) {
      return Optional.empty();
    }
    long seconds = ByteBuffer.wrap(timed).getLong();
    byte[] signature = Arrays.copyOfRange(timed, 8, timed.length);
    if (seconds <= 0 || !witness.key().verifies(message(text, seconds), signature)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(seconds));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static byte[] message(String text, long seconds) {
    return ("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(StandardCharsets.UTF_8);
  }
}
