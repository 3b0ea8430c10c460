package dev.forefront.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The launcher's entry: finds the verb, runs it, and turns what went wrong into one sentence and an
 * exit code.
 */
@Command(
    name = "forefront",
    mixinStandardHelpOptions = true,
    version = "forefront 0.1.0",
    description =
        "Trains, aligns, tests, releases and serves language models, with safety at the forefront.",
    subcommands = {
      Doctor.class,
      DataVerb.class,
      TokenizerVerb.class,
      TrainVerb.class,
      AlignVerb.class,
      ModelVerb.class,
      EvaluateVerb.class,
      GenerateVerb.class,
      ScoreVerb.class,
      DemoVerb.class,
      ServeVerb.class,
      ChatVerb.class,
      GuardVerb.class,
      ReleaseVerb.class,
      AuditVerb.class,
      BenchVerb.class
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a gate or guard, 4 ended because"
          + " another rank did.",
      "Example: ./forefront demo"
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  private Main(CommandSpec placeholder) {
    spec = placeholder;
  }

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command line and returns its exit code. */
  static int run(String... args) {
    return line().execute(args);
  }

  /** All verbs and their options. */
  static CommandLine line() {
    CommandLine line = new CommandLine(new Main(CommandSpec.create()));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(Failures::handle);
    line.setParameterExceptionHandler(Failures::handleUsage);
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
