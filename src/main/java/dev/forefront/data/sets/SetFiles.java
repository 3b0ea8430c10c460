package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A set's own files, in the order of their names, whether they lie plain, gzipped or zipped. */
final class SetFiles {
  /** A larger one is no part of any set in the catalogue, but perhaps a bomb. */
  private static final int LARGEST = 256 << 20;

  private SetFiles() {}

  /** Opens one file after the other. */
  static Stream<SetFile> of(Path folder) {
    return onDisk(folder).stream().flatMap(file -> unpacked(folder, file));
  }

  static void requirePulled(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(
          "%s does not exist: fetch the set with ./forefront data pull %s"
              .formatted(folder, folder.getFileName()));
    }
  }

  private static List<Path> onDisk(Path folder) {
    requirePulled(folder);
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !name(folder, file).equals("SOURCE.md"))
          .filter(file -> !name(folder, file).startsWith("."))
          .sorted(Comparator.comparing(file -> name(folder, file)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static Stream<SetFile> unpacked(Path folder, Path file) {
    String name = name(folder, file);
    try {
      if (name.endsWith(".zip")) {
        return entries(file);
      }
      byte[] bytes = Files.readAllBytes(file);
      if (!name.endsWith(".gz")) {
        return Stream.of(new SetFile(name, bytes));
      }
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        return Stream.of(new SetFile(name.substring(0, name.length() - 3), limited(in, file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(file + " cannot be read: " + e.getMessage(), e));
    }
  }

  private static Stream<SetFile> entries(Path file) throws IOException {
    ZipFile zip = new ZipFile(file.toFile());
    List<ZipEntry> entries = new ArrayList<>();
    zip.stream().filter(entry -> !entry.isDirectory()).forEach(entries::add);
    entries.sort(Comparator.comparing(ZipEntry::getName));
    return entries.stream().map(entry -> read(zip, entry, file)).onClose(() -> close(zip));
  }

  private static SetFile read(ZipFile zip, ZipEntry entry, Path file) {
    try (InputStream in = zip.getInputStream(entry)) {
      return new SetFile(entry.getName(), limited(in, file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] limited(InputStream in, Path file) throws IOException {
    byte[] bytes = in.readNBytes(LARGEST + 1);
    if (bytes.length > LARGEST) {
      throw new BadInputException(
          "%s unpacks to more than %d MB: no set does".formatted(file, LARGEST >> 20));
    }
    return bytes;
  }

  private static void close(ZipFile zip) {
    try {
      zip.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
