package dev.forefront.cli;

import dev.forefront.generate.Engine;
import dev.forefront.tensor.Torch;
import dev.forefront.token.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a gate or guard, 4 ended because"
          + " another rank did.",
      "Example: ./forefront demo"
    })
public final class Main implements Runnable {

  private record Verb(String name, Class<?> type) {}

  private static final List<Verb> VERBS =
      List.of(
          new Verb("doctor", Doctor.class),
          new Verb("data", DataVerb.class),
          new Verb("tokenizer", TokenizerVerb.class),
          new Verb("train", TrainVerb.class),
          new Verb("align", AlignVerb.class),
          new Verb("model", ModelVerb.class),
          new Verb("evaluate", EvaluateVerb.class),
          new Verb("generate", GenerateVerb.class),
          new Verb("score", ScoreVerb.class),
          new Verb("demo", DemoVerb.class),
          new Verb("serve", ServeVerb.class),
          new Verb("chat", ChatVerb.class),
          new Verb("guard", GuardVerb.class),
          new Verb("release", ReleaseVerb.class),
          new Verb("audit", AuditVerb.class),
          new Verb("bench", BenchVerb.class));

  private static final Set<String> TRAINING = Set.of("train", "align", "demo");

  /** Verbs that open a model first of all. */
  private static final Set<String> OPENING = Set.of("generate", "score", "serve", "chat");

  /** Of verbs that no command line has set yet. */
  static final Main NONE = new Main(CommandSpec.create(), Ahead.of());

  @Spec private CommandSpec spec;

  private final Ahead ahead;

  private Main(CommandSpec placeholder, Ahead ahead) {
    spec = placeholder;
    this.ahead = ahead;
  }

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command line and returns its exit code. */
  static int run(String... args) {
    if (trains(args)) {
      beside("forefront-torch", Torch::start);
      beside("forefront-rehearsal", Torch::rehearse);
    } else if (args.length > 0 && OPENING.contains(args[0])) {
      beside("forefront-tokenizers", Tokenizer::start);
    }
    try (Ahead ahead = Ahead.of(args)) {
      return line(ahead, args).execute(args);
    }
  }

  /**
   * Loads what takes up to two seconds while the command line is read. Who needs it waits for it,
   * and meets what went wrong.
   */
  static void beside(String name, Runnable load) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .uncaughtExceptionHandler((thread, failure) -> {})
        .start(load);
  }

  /** Whether the command line will want libtorch, whatever its options say. */
  private static boolean trains(String... args) {
    return args.length > 0
        && (TRAINING.contains(args[0])
            || args.length > 1 && args[0].equals("bench") && args[1].equals("train"));
  }

  /** All verbs and their options. */
  static CommandLine line() {
    return of(Ahead.of(), VERBS);
  }

  /**
   * What one command line needs: describing every verb takes longer than most verbs do. Where the
   * first word is none of them it is help that is needed, and that shows all.
   */
  private static CommandLine line(Ahead ahead, String... args) {
    List<Verb> named =
        VERBS.stream().filter(verb -> args.length > 0 && verb.name.equals(args[0])).toList();
    return of(ahead, named.isEmpty() ? VERBS : named);
  }

  private static CommandLine of(Ahead ahead, List<Verb> verbs) {
    CommandLine line = new CommandLine(new Main(CommandSpec.create(), ahead));
    verbs.forEach(verb -> line.addSubcommand(verb.name, verb.type));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(Failures::handle);
    line.setParameterExceptionHandler(Failures::handleUsage);
    return line;
  }

  /** A model that a verb was given as {@code --model}; whoever asks closes it. */
  Engine open(Path model) {
    return ahead.open(model);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
