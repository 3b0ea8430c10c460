package dev.forefront.serve;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 connections that know when the other side has gone, also while nobody reads from them: a
 * thread of each connection reads ahead, by one piece.
 */
final class WatchedConnections implements ServerConnectionSelector {
  private final Http1ConnectionSelector http;

  WatchedConnections(Http1ConnectionSelector http) {
    this.http = http;
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    Watched watched = new Watched(context);
    Thread.ofVirtual().name("reading-ahead").start(watched::readAhead);
    return http.connection(watched);
  }

  /** The connection as the HTTP code sees it, with another reader. */
  static final class Watched implements ConnectionContext, Call.Connection {
    private static final long LONGEST_SILENCE_MINUTES = 15;

    private final ConnectionContext inner;
    private final BlockingQueue<Optional<byte[]>> ahead = new ArrayBlockingQueue<>(1);
    private final DataReader reader = DataReader.create(this::next);
    private volatile boolean ended;
    // On the connection's thread alone.
    private boolean hurried;
    private long until;

    Watched(ConnectionContext inner) {
      this.inner = inner;
    }

    @Override
    public boolean isOpen() {
      return !ended;
    }

    @Override
    public void readUntil(long nanos) {
      hurried = true;
      until = nanos;
    }

    @Override
    public void readAtLeisure() {
      hurried = false;
    }

    private long patience() {
      long silence = TimeUnit.MINUTES.toNanos(LONGEST_SILENCE_MINUTES);
      return hurried ? Math.min(silence, until - System.nanoTime()) : silence;
    }

    private void readAhead() {
      try {
        while (inner.serverSocket().isConnected()) {
          byte[] piece = inner.serverSocket().get();
          if (piece == null) {
            break;
          }
          handOver(Optional.of(piece));
        }
      } catch (RuntimeException | InterruptedException e) {
        // The connection broke or was closed; it ends as if the other side had closed it.
      }
      ended = true;
      try {
        handOver(Optional.empty());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void handOver(Optional<byte[]> piece) throws InterruptedException {
      while (!ahead.offer(piece, 1, TimeUnit.SECONDS)) {
        if (!inner.serverSocket().isConnected()) {
          return;
        }
      }
    }

    /** On the connection's thread; null where no more follows. */
    private byte @Nullable [] next() {
      // What was read to find out that this is HTTP/1.1.
      int first = inner.dataReader().available();
      if (first > 0) {
        return inner.dataReader().readBytes(first);
      }
      try {
        Optional<byte[]> piece = ahead.poll(patience(), TimeUnit.NANOSECONDS);
        if (piece == null || piece.isEmpty()) {
          // Whoever asks again hears the same.
          ahead.offer(Optional.empty());
          return null;
        }
        return piece.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }

    @Override
    public DataReader dataReader() {
      return reader;
    }

    @Override
    public ListenerContext listenerContext() {
      return inner.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return inner.executor();
    }

    @Override
    public DataWriter dataWriter() {
      return inner.dataWriter();
    }

    @Override
    public Router router() {
      return inner.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return inner.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return inner.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return inner.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return inner.localPeer();
    }

    @Override
    public boolean isSecure() {
      return inner.isSecure();
    }

    @Override
    public String socketId() {
      return inner.socketId();
    }

    @Override
    public String childSocketId() {
      return inner.childSocketId();
    }
  }
}
