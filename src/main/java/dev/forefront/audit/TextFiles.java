package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of kept texts: a file for every 4,096 entries, its lines in the entries' order. A file
 * is appended to, and written anew without a line when that line's text is erased.
 */
final class TextFiles implements AutoCloseable {
  static final int PER_FILE = 4096;

  private final Path folder;
  private @Nullable FileChannel open;
  private long openNumber = -1;

  TextFiles(Path folder) {
    this.folder = folder;
  }

  static long fileOf(long entry) {
    return entry / PER_FILE;
  }

  Path file(long number) {
    return folder.resolve("%09d.jsonl".formatted(number));
  }

  /** Returns when the texts will survive a loss of power; before their entries are written. */
  void writeDurably(List<KeptText> texts) throws IOException {
    for (KeptText text : texts) {
      FileChannel channel = channel(fileOf(text.number()));
      AtomicFile.writeFully(channel, ByteBuffer.wrap(text.line()));
    }
    if (open != null && !texts.isEmpty()) {
      open.force(false);
    }
  }

  private FileChannel channel(long number) throws IOException {
    FileChannel channel = open;
    if (channel != null && number == openNumber) {
      return channel;
    }
    if (channel != null) {
      // What was written to it a moment ago is waited for like the rest.
      channel.force(false);
    }
    close();
    Files.createDirectories(folder);
    Path file = file(number);
    boolean isNew = !Files.exists(file);
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    open = channel;
    openNumber = number;
    if (isNew) {
      AtomicFile.syncFolder(folder);
    }
    return channel;
  }

  /** Entries that have a text which is to be erased. */
  NavigableSet<Long> find(Erasure erasure) throws IOException {
    NavigableSet<Long> found = new TreeSet<>();
    for (Path file : files()) {
      each(
          file,
          text -> {
            if (text.isMeantBy(erasure)) {
              found.add(text.number());
            }
          });
    }
    return found;
  }

  /** Writes the files anew without the texts of these entries. */
  void remove(NavigableSet<Long> entries) throws IOException {
    for (Path file : files()) {
      keep(file, text -> !entries.contains(text.number()));
    }
  }

  /**
   * Removes what a process that was killed left: texts whose entry was never written, and so
   * answered to nobody.
   *
   * @param size entries that there are
   */
  void removeFrom(long size) throws IOException {
    removeUnfinished();
    for (Path file : files()) {
      if (file.getFileName().toString().compareTo(file(fileOf(size)).getFileName().toString())
          >= 0) {
        keep(file, text -> text.number() < size);
      }
    }
  }

  /** A copy that was begun holds texts that somebody wants erased, or will. */
  private void removeUnfinished() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, ".*.tmp")) {
      for (Path copy : left) {
        Files.delete(copy);
      }
    } catch (NoSuchFileException none) {
      // Nothing was ever kept.
    }
  }

  /** In two passes, for a file may be larger than memory. */
  private void keep(Path file, Predicate<KeptText> kept) throws IOException {
    close();
    long[] bytes = new long[1];
    each(file, text -> bytes[0] += kept.test(text) ? text.line().length : 0);
    if (bytes[0] == 0) {
      Files.delete(file);
      AtomicFile.syncFolder(folder);
    } else if (bytes[0] < Files.size(file)) {
      AtomicFile.write(file, channel -> copy(file, kept, channel));
    }
  }

  private static void copy(Path file, Predicate<KeptText> kept, FileChannel channel)
      throws IOException {
    each(
        file,
        text -> {
          if (kept.test(text)) {
            AtomicFile.writeFully(channel, ByteBuffer.wrap(text.line()));
          }
        });
  }

  private interface Reader {
    void read(KeptText text) throws IOException;
  }

  /** A last line may be cut off in the middle of a character, which is no reason to fail. */
  static BufferedReader reader(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
  }

  private static void each(Path file, Reader reader) throws IOException {
    try (BufferedReader lines = reader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        KeptText text;
        try {
          text = KeptText.read(line);
        } catch (BadInputException cutOff) {
          if (lines.readLine() != null) {
            throw new BadInputException(file + ": " + cutOff.getMessage(), cutOff);
          }
          return;
        }
        reader.read(text);
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().matches("\\d{9,}\\.jsonl"))
          .sorted()
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  /**
   * What an erasure was about to remove when the process ended; it is removed at the next start.
   */
  Path begun() {
    return folder.resolve("erasing.json");
  }

  void ended() throws IOException {
    Files.delete(begun());
    AtomicFile.syncFolder(folder);
  }

  @Override
  public void close() throws IOException {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
