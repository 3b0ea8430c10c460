package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The log file, appended to and synced. */
final class FileSink implements Committer.Sink {
  private final FileChannel channel;

  FileSink(Path log) throws IOException {
    channel =
        FileChannel.open(
            log, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  @Override
  public void writeDurably(byte[] bytes) throws IOException {
    AtomicFile.writeFully(channel, ByteBuffer.wrap(bytes));
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
