package dev.forefront.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are either the old ones or the new ones, whatever happens in between: written under a
 * temporary name beside the target, synced, renamed, and the folder synced.
 */
public final class AtomicFile {

  private AtomicFile() {}

  /** Fills the file; called with a channel at position 0. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Writes UTF-8 text. */
  public static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  public static void write(Path file, byte[] bytes) {
    write(file, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
  }

  /**
   * Creates missing folders, then writes.
   *
   * @throws UncheckedIOException where the disk is full or the place may not be written; the file
   *     that was there is untouched and the temporary one is gone
   */
  public static void write(Path file, Writer writer) {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " is no file");
    }
    Path temporary =
        folder.resolve(".%s.%d.tmp".formatted(file.getFileName(), ProcessHandle.current().pid()));
    try {
      Files.createDirectories(folder);
      try {
        try (FileChannel channel =
            FileChannel.open(
                temporary,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
          writer.writeTo(channel);
          channel.force(true);
        }
        Files.move(
            temporary,
            absolute,
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        syncFolder(folder);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("%s was not written: %s".formatted(file, e.getMessage()), e));
    }
  }

  /** Writes all of {@code bytes}; a channel may take fewer at a time. */
  public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Makes renames in a folder durable. */
  public static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
