package dev.forefront.serve;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the chat page keeps. */
final class Kept {

  private Kept() {}

  /** A conversation without its messages. */
  record Heading(String id, String title, Instant created, Instant updated) {}

  record Dialogue(Heading heading, List<Turn> turns) {
    Dialogue {
      turns = List.copyOf(turns);
    }
  }

  /**
   * @param role {@code user} or {@code assistant}
   * @param status {@code done}, {@code stopped}, {@code refused} or {@code failed}
   * @param notice JSON of what the guard said, or null
   */
  record Turn(String role, String content, String status, @Nullable String notice) {
    long bytes() {
      return Kept.bytes(content) + (notice == null ? 0 : Kept.bytes(notice));
    }
  }

  static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
