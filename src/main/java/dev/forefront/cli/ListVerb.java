package dev.forefront.cli;

import dev.forefront.release.Listing;
import dev.forefront.release.Waived;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What a registry holds, at a glance. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List releases, proposals and waivers, without hashing weights.",
    footer = {"", "Example: ./forefront release list --registry runs/registry"})
final class ListVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ReleaseVerb.Place place = new ReleaseVerb.Place();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    List<Map<String, Object>> answer = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Listing one : place.open().list()) {
      String state = one.state().name().toLowerCase(Locale.ROOT);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", one.name());
      row.put("state", state);
      row.put("created", one.created());
      row.put("policy", one.policy());
      row.put("model_digest", one.modelDigest());
      row.put("signers", one.signers());
      row.put("signatures_needed", one.signaturesNeeded());
      row.put("demo_board", one.demoBoard());
      row.put("waivers", describe(one.waivers()));
      answer.add(row);
      lines.add(
          "%-24s %-9s %d of %d signed  %s  %s%s"
              .formatted(
                  one.name(),
                  state,
                  one.signers().size(),
                  one.signaturesNeeded(),
                  one.policy(),
                  one.created(),
                  ReleaseVerb.demo(one.demoBoard())));
      lines.addAll(lines(one.waivers()));
    }
    output.answer(
        spec.commandLine().getOut(),
        answer,
        lines.isEmpty() ? "no releases yet" : String.join("\n", lines));
    return Exit.DONE;
  }

  /** For programs. */
  static List<Map<String, Object>> describe(List<Waived> waivers) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Waived one : waivers) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("criterion", one.criterion());
      row.put("reason", one.reason());
      row.put("by", one.by());
      row.put("since", one.since().toString());
      row.put("until", one.until().toString());
      row.put("holds", one.holds());
      row.put("ended", one.ended());
      rows.add(row);
    }
    return rows;
  }

  /** For people, a line each. */
  static List<String> lines(List<Waived> waivers) {
    return waivers.stream().map(one -> "  waived: " + one).toList();
  }
}
