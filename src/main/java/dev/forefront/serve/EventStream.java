package dev.forefront.serve;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Server-sent events: each is written and flushed at once. A caller that has gone makes the next
 * but one fail, with an {@link UncheckedIOException}.
 */
final class EventStream implements AutoCloseable {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final OutputStream out;
  // Who reads nothing holds it for as long as the network lets it.
  private final ReentrantLock writing = new ReentrantLock();
  private long last = System.nanoTime();
  private boolean closed;

  EventStream(OutputStream out) {
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

  /**
   * Writes {@code text} as it stands where nothing was sent for ten seconds. Does not wait for an
   * event that is being written: it keeps the caller awake as well.
   */
  void keepAlive(String text) {
    if (!writing.tryLock()) {
      return;
    }
    try {
      if (!closed && System.nanoTime() - last > QUIET_NANOS) {
        write(text);
      }
    } finally {
      writing.unlock();
    }
  }

  private void write(String text) {
    takeTurn();
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      last = System.nanoTime();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServerConnectionException e) {
      throw new UncheckedIOException(new IOException(e));
    } finally {
      writing.unlock();
    }
  }

  /** Whoever waits for a caller that takes nothing can be woken, and does not wait for ever. */
  private void takeTurn() {
    try {
      if (!writing.tryLock(QUIET_NANOS, TimeUnit.NANOSECONDS)) {
        throw new UncheckedIOException(new InterruptedIOException("the caller takes nothing"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("the caller takes nothing"));
    }
  }

  @Override
  public void close() {
    takeTurn();
    closed = true;
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServerConnectionException e) {
      throw new UncheckedIOException(new IOException(e));
    } finally {
      writing.unlock();
    }
  }
}
