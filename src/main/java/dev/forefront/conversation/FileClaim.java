package dev.forefront.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A lock file that one holder has at a time, among all processes and all that goes on in each.
 *
 * <p>The system's locks are a process's, and it loses its lock on a file as soon as it closes any
 * channel to that file (POSIX, {@code fcntl}). So a file that this process has is not opened again.
 */
public final class FileClaim implements AutoCloseable {
  /** What this process has; one for all of it, as the system's locks are. */
  private static final Set<Path> CLAIMED = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private FileClaim(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  private interface Locking {
    @Nullable FileLock lock(FileChannel channel) throws IOException;
  }

  /**
   * Makes the file and its folder where there is none.
   *
   * @param refusal what to say where another has it, here or in another process
   * @throws BadInputException with that sentence
   */
  public static FileClaim take(Path file, String refusal) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return claim(file, FileChannel::tryLock).orElseThrow(() -> new BadInputException(refusal));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits while another process has it; empty where this one has it already. */
  public static Optional<FileClaim> await(Path file) throws IOException {
    return claim(file, FileChannel::lock);
  }

  private static Optional<FileClaim> claim(Path lock, Locking locking) throws IOException {
    Path file = lock.toAbsolutePath().resolveSibling(".").toRealPath().resolve(lock.getFileName());
    if (!CLAIMED.add(file)) {
      return Optional.empty();
    }
    boolean held = false;
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        held = locking.lock(channel) != null;
      } finally {
        if (!held) {
          channel.close();
        }
      }
      return held ? Optional.of(new FileClaim(file, channel)) : Optional.empty();
    } finally {
      if (!held) {
        CLAIMED.remove(file);
      }
    }
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      CLAIMED.remove(file);
    }
  }
}
