package dev.forefront.tensor;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Native libraries are unpacked by whoever loads them first, while processes that start at the same
 * time wait. JavaCPP locks each file that it unpacks, but a library that is there already may make
 * the system's linker map another one that is still being written, which ends the process.
 */
final class Unpacking implements AutoCloseable {
  private final @Nullable FileChannel channel;
  private final @Nullable Path done;

  private Unpacking(@Nullable FileChannel channel, @Nullable Path done) {
    this.channel = channel;
    this.done = done;
  }

  /** Waits for others that unpack; at once where all is unpacked. */
  static Unpacking begin() {
    try {
      Path folder = Loader.getCacheDir().toPath();
      Path done = folder.resolve("forefront-unpacked-" + libraries());
      if (Files.exists(done)) {
        return new Unpacking(null, null);
      }
      FileChannel channel =
          FileChannel.open(
              folder.resolve(".forefront-unpacking"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock _ = channel.lock();
      return new Unpacking(channel, done);
    } catch (IOException e) {
      // Whoever cannot write there cannot unpack there either, which the loader says better.
      return new Unpacking(null, null);
    }
  }

  /** By the files that they come in, which are named by their releases. */
  private static String libraries() {
    String names =
        Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
            .map(entry -> Path.of(entry).getFileName())
            .map(String::valueOf)
            .filter(name -> name.contains("-linux-") || name.contains("-macosx-"))
            .sorted()
            .collect(Collectors.joining("\n"));
    return Integer.toHexString(names.hashCode());
  }

  /** All is loaded, and so unpacked: from now on nobody waits. */
  void finish() {
    if (done == null) {
      return;
    }
    try {
      Files.createFile(done);
    } catch (FileAlreadyExistsException e) {
      // Someone who waited loads it after us.
    } catch (IOException e) {
      // The next one waits again, and finds everything there.
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The system lets go of the lock when the process ends.
      }
    }
  }
}
