package dev.forefront.train;

import dev.forefront.model.Adapter;
import dev.forefront.model.AdapterConfig;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.Transformer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What of a model is tuned.
 *
 * @param rank of the matrices that are added to the model's (Hu et al. 2021); 0: all weights are
 *     tuned, and nothing is added
 * @param alpha what is added is multiplied by {@code alpha / rank}
 * @param targets last words of the names of matrices that something is added to, such as {@code
 *     q_proj}; empty: all inside the blocks
 */
public record Lora(int rank, double alpha, List<String> targets) {
  public static final Lora NONE = new Lora(0, 16, List.of());

  public Lora {
    targets = List.copyOf(targets);
  }

  /**
   * A model to tune.
   *
   * @param seed of what an adapter begins with
   */
  public Transformer begin(Path model, long seed) {
    if (rank == 0) {
      return Transformer.load(model);
    }
    return Transformer.adapting(
        model, Adapter.beginning(config(), ModelFolder.config(model), seed));
  }

  /** Numbers that are tuned beside a model's; 0 where all of its own are. */
  public long parameters(ModelConfig model) {
    if (rank == 0) {
      return 0;
    }
    return Adapter.beginning(config(), model, 0).pairs().values().stream()
        .mapToLong(pair -> (long) pair.a().length + pair.b().length)
        .sum();
  }

  private AdapterConfig config() {
    return new AdapterConfig(rank, alpha, false, targets, "");
  }

  /** Words for a lineage; empty where all weights are tuned. */
  public Optional<String> shown() {
    return rank == 0
        ? Optional.empty()
        : Optional.of(
            "LoRA of rank %d, alpha %s, on %s"
                .formatted(rank, alpha, targets.isEmpty() ? "all matrices" : targets));
  }
}
