package dev.forefront.cli;

import dev.forefront.release.Board;
import dev.forefront.release.Registry;
import dev.forefront.release.Signatures;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The board of a registry, and the one that follows. */
@Command(
    name = "board",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Show a registry's board, or have another one follow.",
    footer = {
      "",
      "Example: ./forefront release board show",
      "         ./forefront release board propose next-board.json",
      "         ./forefront release board sign --key alice.pem"
    })
final class BoardVerb implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "propose",
      mixinStandardHelpOptions = true,
      description = {
        "Propose the board that follows: its version counts one more than the one in force.",
        "Releases that are valid now are carried over."
      },
      footer = {"", "Example: ./forefront release board propose next-board.json"})
  int propose(
      @Parameters(paramLabel = "FILE", description = "The board that follows.") Path file,
      @Mixin ReleaseVerb.Place place,
      @Mixin Output output) {
    Registry registry = place.open();
    Set<String> carried;
    Board next;
    try (ReleaseRecord record = place.record()) {
      carried = registry.boards().propose(file);
      next = registry.boards().proposed().orElseThrow();
      record.add("board.propose", "*", Map.of("version", next.version(), "board", next.digest()));
    }
    Map<String, Object> answer = describe(next);
    answer.put("carried", carried);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        "version %d of the board is proposed; it carries over: %s%nthe old board has to sign (%s), and the new one (%s)"
            .formatted(
                next.version(),
                carried.isEmpty() ? "no release" : String.join(", ", carried),
                registry.board().rule("board"),
                next.rule("board")));
    return Exit.DONE;
  }

  @Command(
      name = "sign",
      mixinStandardHelpOptions = true,
      description = "Sign the board that is proposed, as a member of the old or of the new one.",
      footer = {"", "Example: ./forefront release board sign --key alice.pem"})
  int sign(@Mixin KeySource key, @Mixin ReleaseVerb.Place place, @Mixin Output output) {
    Registry registry = place.open();
    Signatures signatures;
    try (ReleaseRecord record = place.record()) {
      signatures = registry.boards().sign(key.open());
      record.add(
          "board.sign",
          "*",
          Map.of("signers", signatures.signers(), "in_force", signatures.isEnough()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("in_force", signatures.isEnough());
    answer.put("signers", signatures.signers());
    answer.put("missing", signatures.missing());
    output.answer(
        spec.commandLine().getOut(),
        answer,
        "signed by %s; %s"
            .formatted(
                String.join(", ", signatures.signers()),
                signatures.isEnough()
                    ? "the new board is in force"
                    : "still missing: " + signatures.missing()));
    return Exit.DONE;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show all boards of a registry, verified from the first one on.",
      footer = {"", "Example: ./forefront release board show --registry runs/registry --json"})
  int show(@Mixin ReleaseVerb.Place place, @Mixin Output output) {
    List<Map<String, Object>> answer = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Board board : place.open().boards().all()) {
      answer.add(describe(board));
      lines.add(
          "version %d  %s  %s%n  %s%n  release: %s   larger: %s   board: %s   %s"
              .formatted(
                  board.version(),
                  board.name(),
                  board.digest(),
                  String.join(", ", names(board)),
                  board.rule("release"),
                  board.rule("larger"),
                  board.rule("board"),
                  board.expires().equals(Instant.MAX) ? "no end" : "until " + board.expires()));
    }
    output.answer(spec.commandLine().getOut(), answer, String.join("\n", lines));
    return Exit.DONE;
  }

  private static Map<String, Object> describe(Board board) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("version", board.version());
    row.put("name", board.name());
    row.put("digest", board.digest());
    row.put("demo", board.isDemo());
    row.put("members", names(board));
    for (String purpose : List.of("release", "larger", "board")) {
      row.put(purpose, board.rule(purpose));
    }
    row.put("expires", board.expires().equals(Instant.MAX) ? null : board.expires().toString());
    return row;
  }

  private static List<String> names(Board board) {
    return board.members().stream().map(Board.Member::name).toList();
  }
}
