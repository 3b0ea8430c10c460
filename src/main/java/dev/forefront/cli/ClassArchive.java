package dev.forefront.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * Runs the usual commands once, small, in one JVM: the classes that it loads are those that {@code
 * bin/archive-classes} archives for all later ones.
 */
final class ClassArchive {
  private ClassArchive() {}

  /**
   * @param arguments the project's folder, and one for what the commands leave
   */
  public static void main(String[] arguments) {
    int failed = run(Path.of(arguments[0]), Path.of(arguments[1]));
    System.exit(failed == 0 ? Exit.DONE : Exit.FAILED);
  }

  /** Returns how many commands failed. */
  static int run(Path home, Path folder) {
    int failed = 0;
    for (String line : lines(home, folder)) {
      if (Main.run(line.split(" ")) != Exit.DONE) {
        System.err.println("forefront: this command failed while classes were archived: " + line);
        failed++;
      }
    }
    return failed;
  }

  private static List<String> lines(Path home, Path folder) {
    String model = folder + "/run/pretrain/model";
    String file = folder + "/model.gguf";
    return List.of(
        "--help",
        "train %s/recipes/demo.yaml --run %s/run --set data.world.size=0.01".formatted(home, folder)
            + " --set tokenizer.vocabulary=600 --set pretrain.steps=2"
            + " --set pretrain.schedule.warmup=1 --set pretrain.rows=2 --set pretrain.length=64",
        "model export %s --type q8_0 --output %s".formatted(model, file),
        "generate --model %s --prompt Hello --max-tokens 2 --greedy".formatted(file),
        "generate --model %s --prompt Hello --chat --max-tokens 2 --json".formatted(model),
        "guard check Hello",
        "score --help",
        "serve --help",
        "chat --help");
  }
}
