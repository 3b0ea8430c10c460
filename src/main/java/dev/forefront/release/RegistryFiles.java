package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The bytes of what a board signed about its registry, by file name: small files, read at one
 * moment.
 */
record RegistryFiles(
    SortedMap<String, byte[]> boards,
    SortedMap<String, byte[]> orders,
    SortedMap<String, byte[]> policies) {
  static final String BOARDS = "boards";
  static final String ORDERS = "orders";
  static final String POLICIES = "policies";

  private static final int MOST_FILES = 10_000;

  /**
   * @throws BadInputException where something lies there that is no plain small file
   */
  static RegistryFiles read(Path registry) {
    return new RegistryFiles(
        below(registry.resolve(BOARDS)),
        below(registry.resolve(ORDERS)),
        below(registry.resolve(POLICIES)));
  }

  private static SortedMap<String, byte[]> below(Path folder) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return files;
    }
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (!SmallFile.isPlain(file)) {
          throw new BadInputException(file + " is no plain file: a registry has no links here");
        }
        files.put(String.valueOf(file.getFileName()), SmallFile.read(file));
        if (files.size() > MOST_FILES) {
          throw new BadInputException("%s has more than %d files".formatted(folder, MOST_FILES));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  boolean sameAs(RegistryFiles other) {
    return same(boards, other.boards)
        && same(orders, other.orders)
        && same(policies, other.policies);
  }

  private static boolean same(SortedMap<String, byte[]> one, SortedMap<String, byte[]> other) {
    return one.keySet().equals(other.keySet())
        && one.entrySet().stream()
            .allMatch(file -> Arrays.equals(file.getValue(), other.get(file.getKey())));
  }
}
