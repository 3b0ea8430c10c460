package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second process away from a folder, for as long as it is open. */
final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @param refusal what to say where another has it
   * @throws BadInputException with that sentence
   */
  static FolderLock take(Path lock, String refusal) {
    @Nullable FileChannel channel = null;
    try {
      Files.createDirectories(lock.toAbsolutePath().getParent());
      channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return new FolderLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // Said below, as where another process has it.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (channel != null) {
      new FolderLock(channel).close();
    }
    throw new BadInputException(refusal);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
