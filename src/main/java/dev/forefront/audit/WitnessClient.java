package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Talks to one witness over HTTP (C2SP tlog-witness), with a limit on all that it may cost. */
public final class WitnessClient {
  private static final int LARGEST = 1 << 16;

  private final URI prefix;
  private final NoteKey witness;
  private final Duration patience;

  WitnessClient(URI prefix, NoteKey witness, Duration patience) {
    this.prefix = prefix;
    this.witness = witness;
    this.patience = patience;
  }

  /** What a witness answers to a checkpoint. */
  sealed interface Answer {
    /**
     * @param checkpoint with the cosignature below it
     */
    record Signed(Checkpoint checkpoint, Instant time) implements Answer {}

    /** It has cosigned another number of entries. */
    record OtherSize(long size) implements Answer {}
  }

  private record Response(int status, String body) {}

  /**
   * @throws IOException where the witness cannot be reached or says no; the message says what
   */
  Answer ask(WitnessRequest request) throws IOException {
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    Response response = call("POST", "/add-checkpoint", body);
    try {
      return switch (response.status()) {
        case 200 -> signed(request.checkpoint(), response.body());
        case 409 -> new Answer.OtherSize(Strict.number(response.body().strip()));
        case 403 -> throw new IOException("it does not trust this log's key");
        case 404 -> throw new IOException("it does not know this log");
        case 422 ->
            throw new IOException("it has seen another history of this log than the one here");
        default -> throw new IOException("it answered with status " + response.status());
      };
    } catch (BadInputException e) {
      throw new IOException("its answer is none: " + e.getMessage(), e);
    }
  }

  private Answer signed(Checkpoint checkpoint, String lines) throws IOException {
    List<SignedNote.Signature> its =
        SignedNote.signatures(lines).stream()
            .filter(one -> one.name().equals(witness.name()) && one.id() == witness.id())
            .toList();
    Checkpoint whole = checkpoint.plus(its);
    Optional<Instant> time = whole.cosigned(witness);
    if (time.isEmpty()) {
      throw new IOException("its answer holds no cosignature of its key");
    }
    return new Answer.Signed(whole, time.get());
  }

  /**
   * The newest checkpoint of a log that a witness has cosigned, from the witness itself.
   *
   * @throws BadInputException where the witness has no URL, cannot be reached, has none, or its
   *     answer is not signed by both
   */
  public static Checkpoint newest(WitnessPolicy.Witness witness, NoteKey log) {
    URI url = witness.url();
    if (url == null) {
      throw new BadInputException("the witness " + witness.key().name() + " has no URL to ask at");
    }
    WitnessClient client = new WitnessClient(url, witness.key(), Duration.ofSeconds(10));
    try {
      Response response = client.call("GET", "/" + originHash(log.name()) + "/checkpoint", null);
      if (response.status() != 200) {
        throw new IOException("it answered with status " + response.status());
      }
      Checkpoint checkpoint = Checkpoint.parse(response.body());
      if (checkpoint.isSignedBy(log) && checkpoint.cosigned(witness.key()).isPresent()) {
        return checkpoint;
      }
      throw new IOException("its checkpoint is not signed by the log and by itself");
    } catch (IOException e) {
      throw new BadInputException(
          "the witness %s could not be asked: %s".formatted(witness.key().name(), e.getMessage()),
          e);
    }
  }

  static String originHash(String origin) {
    return Sha256.hex(origin.getBytes(StandardCharsets.UTF_8));
  }

  private Response call(String method, String path, byte @Nullable [] body) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    if (!(URI.create(prefix + path).toURL().openConnection() instanceof HttpURLConnection http)) {
      throw new IOException(prefix + " is no HTTP URL");
    }
    http.setRequestMethod(method);
    http.setInstanceFollowRedirects(false);
    http.setConnectTimeout((int) patience.toMillis());
    http.setReadTimeout((int) patience.toMillis());
    if (body != null) {
      http.setDoOutput(true);
      http.setFixedLengthStreamingMode(body.length);
      http.setRequestProperty("Content-Type", "text/plain; charset=utf-8");
      try (OutputStream out = http.getOutputStream()) {
        out.write(body);
      }
    }
    int status = http.getResponseCode();
    try (InputStream in = status < 400 ? http.getInputStream() : http.getErrorStream()) {
      return new Response(status, in == null ? "" : text(in, deadline));
    } catch (BadInputException e) {
      throw new IOException("its answer is none: " + e.getMessage(), e);
    }
  }

  /** A slow witness costs no more time than a dead one. */
  private static String text(InputStream in, long deadline) throws IOException {
    byte[] buffer = new byte[LARGEST + 1];
    int filled = 0;
    for (int n = 0; n >= 0; n = in.read(buffer, filled, buffer.length - filled)) {
      filled += n;
      if (filled > LARGEST) {
        throw new IOException("its answer is longer than 64 KB");
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("it did not answer in time");
      }
    }
    return Strict.text(Arrays.copyOf(buffer, filled));
  }
}
