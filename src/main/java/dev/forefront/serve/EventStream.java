package dev.forefront.serve;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Server-sent events: each is written and flushed at once. A caller that has gone makes the next
 * but one fail, with an {@link UncheckedIOException}.
 */
final class EventStream implements AutoCloseable {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final OutputStream out;
  private long last = System.nanoTime();
  private boolean closed;

  private EventStream(OutputStream out) {
    this.out = out;
  }

  static EventStream open(Call call) {
    call.response()
        .status(200)
        .header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
        .header(HeaderNames.CACHE_CONTROL, "no-cache, no-transform")
        .header("X-Accel-Buffering", "no");
    return new EventStream(call.response().outputStream());
  }

  /** An event with a name. */
  void send(String event, String data) {
    write("event: " + event + "\ndata: " + data + "\n\n");
  }

  /** An event without a name. */
  void send(String data) {
    write("data: " + data + "\n\n");
  }

  /** Writes {@code text} as it stands where nothing was sent for ten seconds. */
  synchronized void keepAlive(String text) {
    if (!closed && System.nanoTime() - last > QUIET_NANOS) {
      write(text);
    }
  }

  private synchronized void write(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      last = System.nanoTime();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServerConnectionException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServerConnectionException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
