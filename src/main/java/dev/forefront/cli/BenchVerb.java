package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures the house's own speed; one class per thing measured. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Measure the speed of this machine at the things that take time.",
    subcommands = {
      TrainBench.class,
      DecodeBench.class,
      GuardBench.class,
      ServeBench.class,
      StreamsBench.class,
      AuditBench.class,
      TokenizerBench.class
    },
    footer = {"", "Example: ./forefront bench train --json"})
final class BenchVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For what is counted: rows, tokens, rounds. */
  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new BadInputException(option + " must be at least 1, not " + value);
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
