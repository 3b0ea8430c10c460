package dev.forefront.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** Logs that are written without waiting for the disk, for tests that need many entries. */
final class Unsynced {

  private Unsynced() {}

  static AuditLog open(Path folder) {
    return AuditLog.open(folder, Clock.systemUTC(), writing(folder));
  }

  static UnaryOperator<Committer.Sink> writing(Path folder) {
    return disk -> new Sink(folder, disk);
  }

  static void fill(Path folder, int entries) {
    fill(folder, entries, i -> Map.of("i", i, "verdict", "allow"));
  }

  static void fill(Path folder, int entries, IntFunction<Map<String, ?>> fields) {
    try (AuditLog log = open(folder)) {
      for (int i = 0; i < entries; i++) {
        log.append("reply", fields.apply(i));
      }
    }
  }

  private record Sink(Path folder, Committer.Sink disk) implements Committer.Sink {
    @Override
    public void writeDurably(byte[] bytes) throws IOException {
      Files.write(folder.resolve("log.jsonl"), bytes, StandardOpenOption.APPEND);
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }
}
