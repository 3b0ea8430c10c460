package dev.forefront.cli;

import dev.forefront.model.CacheType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** In which numbers the engine keeps keys and values of a model that is written. */
final class CacheOption {
  @Option(
      names = "--cache",
      paramLabel = "TYPE",
      description = {
        "f32, f16 or int8: in which numbers the engine keeps keys and values of the new model",
        "(default: as the source says, else f32)."
      })
  private @Nullable CacheType type;

  /** Has the model say so, where it was asked for. */
  void applyTo(OpenModel model) {
    if (type != null) {
      model.weights().with(type);
    }
  }
}
