package dev.forefront.serve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Many callers of both APIs whose streams one thread reads as they come. */
final class ManyStreams implements AutoCloseable {
  private static final String SPOKEN = "word ";

  private final Selector selector;
  private final List<SocketChannel> channels;
  private final Set<SocketChannel> speaking = new HashSet<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
  private int open;
  private long last;

  private ManyStreams(Selector selector, List<SocketChannel> channels) {
    this.selector = selector;
    this.channels = channels;
    open = channels.size();
  }

  static ManyStreams open(int port, int count, String body) throws IOException {
    Selector selector = Selector.open();
    List<SocketChannel> channels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String path = i % 2 == 0 ? "/v1/messages" : "/v1/chat/completions";
      String head =
          "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
              .formatted(path, body.getBytes(StandardCharsets.UTF_8).length);
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      ByteBuffer request = ByteBuffer.wrap((head + body).getBytes(StandardCharsets.UTF_8));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      channels.add(channel);
    }
    return new ManyStreams(selector, channels);
  }

  void readUntilAllSpeak() throws IOException {
    while (speaking.size() < channels.size()) {
      read();
    }
  }

  /** When the last piece of the model's text came. */
  long readToTheEnd() throws IOException {
    while (open > 0) {
      read();
    }
    return last;
  }

  private void read() throws IOException {
    selector.select();
    for (SelectionKey key : selector.selectedKeys()) {
      SocketChannel channel = (SocketChannel) key.channel();
      buffer.clear();
      if (channel.read(buffer) < 0) {
        key.cancel();
        open--;
      } else if (new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8)
          .contains(SPOKEN)) {
        last = System.nanoTime();
        speaking.add(channel);
      }
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    selector.close();
  }
}
