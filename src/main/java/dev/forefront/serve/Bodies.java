package dev.forefront.serve;

import io.helidon.http.HeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what callers send: bounded, in UTF-8, as JSON. Large bodies wait for one another, so that
 * many at once cannot fill the memory.
 */
final class Bodies {
  private static final int PIECE = 1 << 16;
  private static final long LARGE = 1L << 20;
  private static final int LARGE_AT_ONCE = 2;
  private static final long PATIENCE_SECONDS = 20;
  private static final long LEAST_BYTES_PER_SECOND = 1 << 18;
  // Who sends more than this beside the limit is cut off instead of being listened to.
  private static final long MOST_DISCARDED = 1L << 30;
  private static final int DEEPEST = 100;
  // Each takes memory many times its size; as many messages as may be have fewer.
  private static final long MOST_TOKENS = 1_000_000;

  /** Of JSON that others wrote, callers or a model; how long it may be is decided before. */
  static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxStringLength(Integer.MAX_VALUE)
          .maxNestingDepth(DEEPEST)
          .maxTokenCount(MOST_TOKENS)
          .build();

  private static final JsonMapper JSON =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build()).build();

  private final Semaphore large = new Semaphore(LARGE_AT_ONCE, true);
  private final Duration patience;

  /**
   * @param patience how long a body may take beside what a slow network needs for what has come
   */
  Bodies(Duration patience) {
    this.patience = patience;
  }

  /** What is made of a body. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonNode body);
  }

  /**
   * Reads the body and lets {@code reader} take what it needs from it.
   *
   * @param most bytes
   * @throws ApiException where the body is too large, no UTF-8 or no JSON object
   */
  <T> T read(Call call, long most, Reader<T> reader) {
    Turn turn = new Turn();
    Pace pace = new Pace(call.connection(), patience);
    try {
      return reader.read(object(bytes(call, most, pace, turn)));
    } finally {
      turn.end();
    }
  }

  /** How long a body may take: some seconds, and what a slow network needs for what has come. */
  private static final class Pace {
    private final Call.Connection connection;
    private long until;

    Pace(Call.Connection connection, Duration patience) {
      this.connection = connection;
      until = System.nanoTime() + patience.toNanos();
      connection.readUntil(until);
    }

    void came(long bytes) {
      until += bytes * 1_000_000_000L / LEAST_BYTES_PER_SECOND;
      connection.readUntil(until);
    }

    /** Others had to be waited for, which is no fault of the caller's. */
    void waited(long nanos) {
      until += nanos;
      connection.readUntil(until);
    }

    boolean isOver() {
      return System.nanoTime() >= until;
    }

    void end() {
      connection.readAtLeisure();
    }
  }

  /** The turn of a body that turns out to be large. */
  private final class Turn {
    private boolean taken;

    void take(Pace pace) {
      if (taken) {
        return;
      }
      long from = System.nanoTime();
      if (!acquire()) {
        throw ApiException.of(
            Problem.OVERLOADED, "other large requests are being read: try again in a moment");
      }
      taken = true;
      pace.waited(System.nanoTime() - from);
    }

    void end() {
      if (taken) {
        large.release();
      }
    }
  }

  private boolean acquire() {
    try {
      return large.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static byte[] bytes(Call call, long most, Pace pace, Turn turn) {
    if (!call.request().content().hasEntity()) {
      throw ApiException.invalid("the request has no body: send a JSON object");
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (InputStream in = call.request().content().inputStream()) {
      byte[] piece = new byte[PIECE];
      if (call.request().headers().contentLength().orElse(-1) > most) {
        discard(call, in, piece);
        throw tooLarge(most);
      }
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        pace.came(n);
        all.write(piece, 0, n);
        if (all.size() > most) {
          discard(call, in, piece);
          throw tooLarge(most);
        }
        // Not before: who says much and sends nothing is not waited for by others.
        if (all.size() > LARGE) {
          turn.take(pace);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw pace.isOver() && !(e instanceof ApiException) ? tooSlow(call) : e;
    } finally {
      pace.end();
    }
    return all.toByteArray();
  }

  private static ApiException tooSlow(Call call) {
    call.response().header(HeaderNames.CONNECTION, "close");
    return ApiException.of(
        Problem.TOO_SLOW, "the body did not come in time: send it whole, and faster");
  }

  private static ApiException tooLarge(long most) {
    return ApiException.of(
        Problem.TOO_LARGE, "the body is larger than %,d bytes: send less".formatted(most));
  }

  /** A caller that is still sending would not hear the answer: what comes is read and dropped. */
  private static void discard(Call call, InputStream in, byte[] piece) throws IOException {
    long dropped = 0;
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      dropped += n;
      if (dropped > MOST_DISCARDED) {
        call.response().header(HeaderNames.CONNECTION, "close");
        return;
      }
    }
  }

  private static JsonNode object(byte[] bytes) {
    JsonNode node;
    try {
      node = JSON.readTree(text(bytes));
    } catch (JacksonException e) {
      TokenStreamLocation place = e.getLocation();
      throw ApiException.invalid(
          "the body is no JSON%s: %s"
              .formatted(
                  place == null
                      ? ""
                      : " at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr()),
                  e.getOriginalMessage()));
    }
    if (!node.isObject()) {
      throw ApiException.invalid("the body must be a JSON object");
    }
    return node;
  }

  private static String text(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw ApiException.invalid("the body is not valid UTF-8 at byte " + in.position());
    }
    return out.flip().toString();
  }
}
