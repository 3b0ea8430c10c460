package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was last seen of a registry, kept outside of it, so that cutting the registry's newest
 * orders or boards off is noticed also by a process that starts afterwards. The first look is taken
 * on trust.
 */
record Pin(Path file) {
  private static final String FORMAT = "forefront-pin-1";

  /** How many there were, and the digest that all of them lead to. */
  private record Head(long boards, String board, long orders, String order) {}

  /**
   * Holds a registry against the pin, then moves the pin on.
   *
   * @throws BadInputException where the pin cannot be read, or names what is not there any more
   */
  void requireContinued(Ledger ledger) {
    Head now = head(ledger);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Head kept = read();
      if (kept.equals(now)) {
        return;
      }
      require(kept.boards(), kept.board(), ledger.boards().digests(), ledger, "boards");
      require(kept.orders(), kept.order(), ledger.orders().digests(), ledger, "orders");
    }
    write(now);
  }

  private void require(
      long count, String digest, List<String> digests, Ledger ledger, String what) {
    String here =
        count == 0
            ? ledger.boards().root().digest()
            : count > digests.size() ? "" : digests.get((int) count - 1);
    if (!here.equals(digest)) {
      throw new BadInputException(
          "%s remembers %d %s of this registry that are gone or rewritten"
              .formatted(file, count, what));
    }
  }

  private static Head head(Ledger ledger) {
    return new Head(
        ledger.boards().digests().size(),
        ledger.boards().head(),
        ledger.orders().digests().size(),
        ledger.orders().head());
  }

  private Head read() {
    List<String> problems = new ArrayList<>();
    Fields root =
        Fields.ofJson(SmallFile.read(file), problems)
            .onlyKeys(Set.of("format", "boards", "board", "orders", "order"));
    if (!root.text("format").equals(FORMAT)) {
      root.problem("format must be " + FORMAT);
    }
    Head head =
        new Head(
            root.whole("boards", 0),
            root.digest("board"),
            root.whole("orders", 0),
            root.digest("order"));
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no pin of a registry: %s".formatted(file, String.join("; ", problems)));
    }
    return head;
  }

  private void write(Head head) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT);
    root.put("boards", head.boards());
    root.put("board", head.board());
    root.put("orders", head.orders());
    root.put("order", head.order());
    AtomicFile.write(file, (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
