package dev.forefront.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One member takes a waiver back. */
@Command(
    name = "withdraw",
    mixinStandardHelpOptions = true,
    description = {
      "End the waivers of one criterion for one release at once; any one key of the board does.",
      "What is served on them stops."
    },
    footer = {
      "",
      "Example: ./forefront release withdraw tiny-1 --criterion ends/self_ended_rate \\",
      "             --reason \"users complain\" --key alice.pem"
    })
final class WithdrawVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "NAME", description = "Name of the release.")
  private String name = "";

  @Option(
      names = "--criterion",
      required = true,
      paramLabel = "FIGURE",
      description = "Which one, as the waiver names it.")
  private String criterion = "";

  @Mixin private OrderOptions order = new OrderOptions();

  @Override
  public Integer call() {
    order.place().open().orders().withdraw(name, criterion, order.reason(), order.key());
    // After the fact: a record that cannot be written must not keep anybody from withdrawing.
    try (ReleaseRecord record = order.place().record()) {
      record.add(
          "release.withdraw", name, Map.of("criterion", criterion, "reason", order.reason()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", name);
    answer.put("withdrawn", criterion);
    answer.put("reason", order.reason());
    order.answer(
        spec.commandLine().getOut(),
        answer,
        "the waiver of %s for %s is withdrawn: what leans on it does not open"
            .formatted(criterion, name));
    return Exit.DONE;
  }
}
