package dev.forefront.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Memory as the operating system counts it; 0 where it does not say. */
final class Memory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MACHINE = Path.of("/proc/meminfo");

  private Memory() {}

  /** Bytes of this process that are in memory now, native ones included. */
  static long resident() {
    return kibibytes(STATUS, "VmRSS:") << 10;
  }

  /** The most that {@link #resident} ever was. */
  static long peak() {
    return kibibytes(STATUS, "VmHWM:") << 10;
  }

  /** Bytes that a new process could have. */
  static long available() {
    return kibibytes(MACHINE, "MemAvailable:") << 10;
  }

  private static long kibibytes(Path file, String key) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.replaceAll("\\D", ""))
          .filter(digits -> !digits.isEmpty())
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** For people. */
  static String shown(double bytes) {
    return bytes >= 1e9
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
  }
}
