package dev.forefront.conversation;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Hears which bytes something is loaded from. A file may be another one when it is read a second
 * time, so whoever vouches for what was loaded has to look at the bytes of the first time.
 */
@FunctionalInterface
public interface Loading {

  /** For those who vouch for nothing. */
  Loading UNWITNESSED = (_, _) -> {};

  /**
   * @param bytes all of the file, as they were read or are mapped: the loader takes them from here
   *     and reads the file no more
   */
  void took(Path file, MemorySegment bytes);

  /** Reads a small text, once. */
  default String text(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    took(file, MemorySegment.ofArray(bytes));
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
