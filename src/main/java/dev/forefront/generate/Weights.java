package dev.forefront.generate;

import dev.forefront.conversation.Loading;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelWeights;
import dev.forefront.model.Trait;
import dev.forefront.model.WeightNames;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model's numbers, laid out for the kernels; read-only, shared by all threads. */
final class Weights {

  /** One layer's. Shapes as in the file; norms that the architecture does not have are null. */
  record Layer(
      float @Nullable [] attentionNorm,
      Panels query,
      Panels key,
      Panels value,
      float @Nullable [] bias,
      float @Nullable [] queryNorm,
      float @Nullable [] keyNorm,
      Panels out,
      float @Nullable [] afterAttention,
      float @Nullable [] feedForwardNorm,
      Panels gate,
      Panels up,
      Panels down,
      float @Nullable [] afterFeedForward) {

    List<Panels> matrices() {
      return List.of(query, key, value, out, gate, up, down);
    }
  }

  private final ModelConfig config;
  private final Layer[] layers;
  private final float[] norm;
  private final Panels embedding;
  private final Panels head;

  /**
   * Of files that are open; they are not needed afterwards.
   *
   * @param team whose threads share the work
   */
  Weights(ModelWeights files, Team team) {
    config = files.config();
    WeightNames names = files.names();
    layers = new Layer[config.layers()];
    norm = norm(files, names.norm());
    Panels[] tables = new Panels[config.tied() ? 1 : 2];
    team.run(
        layers.length + tables.length,
        Long.MAX_VALUE,
        (part, member) -> {
          // The tables are the largest parts by far, so they come first.
          if (part < tables.length) {
            WeightNames.Part table = (part == 0 ? names.embedding() : names.head()).getFirst();
            tables[part] = Panels.of(files, table, 0, config.vocabularySize());
          } else {
            layers[part - tables.length] = layer(files, part - tables.length);
          }
        });
    embedding = tables[0];
    head = tables[tables.length - 1];
  }

  /**
   * @param model a folder or a GGUF file
   * @throws dev.forefront.conversation.BadInputException where a tensor is missing or misshapen
   */
  static Weights load(Path model, Loading loading, Team team) {
    try (ModelWeights files = ModelWeights.open(model, loading)) {
      return new Weights(files, team);
    }
  }

  /** What all matrices take in memory. */
  long bytes() {
    long bytes = head.bytes() + (embedding == head ? 0 : embedding.bytes());
    for (Layer layer : layers) {
      for (Panels one : layer.matrices()) {
        bytes += one.bytes();
      }
    }
    return bytes;
  }

  /** A matrix of each layout that a pass multiplies by. */
  List<Panels> kinds() {
    Map<Class<?>, Panels> kinds = new LinkedHashMap<>();
    for (Layer layer : layers) {
      for (Panels one : layer.matrices()) {
        kinds.putIfAbsent(one.getClass(), one);
      }
    }
    kinds.putIfAbsent(head.getClass(), head);
    return List.copyOf(kinds.values());
  }

  ModelConfig config() {
    return config;
  }

  /** A row for each token of the vocabulary. */
  Panels embedding() {
    return embedding;
  }

  Layer layer(int i) {
    return layers[i];
  }

  float[] norm() {
    return norm;
  }

  Panels head() {
    return head;
  }

  private Layer layer(ModelWeights files, int layer) {
    WeightNames names = files.names();
    int width = config.hiddenSize();
    int queries = config.heads() * config.headSize();
    int keys = config.keyValueHeads() * config.headSize();
    int inner = config.intermediateSize();
    List<WeightNames.Part> qkv = names.qkv(layer);
    List<WeightNames.Part> gateUp = names.gateUp(layer);
    return new Layer(
        optionalNorm(files, names.attentionNorm(layer)),
        slice(files, qkv, 0, 0, queries),
        slice(files, qkv, 1, queries, keys),
        slice(files, qkv, 2, queries + keys, keys),
        names.qkvBias(layer).isEmpty() ? null : files.floats(names.qkvBias(layer)),
        optionalNorm(files, names.queryNorm(layer)),
        optionalNorm(files, names.keyNorm(layer)),
        slice(files, names.out(layer), 0, 0, width),
        optionalNorm(files, names.afterAttention(layer)),
        optionalNorm(files, names.feedForwardNorm(layer)),
        slice(files, gateUp, 0, 0, inner),
        slice(files, gateUp, 1, inner, inner),
        slice(files, names.down(layer), 0, 0, width),
        optionalNorm(files, names.afterFeedForward(layer)));
  }

  /** One of several parts, or its rows of the one part that holds them all. */
  private static Panels slice(
      ModelWeights files, List<WeightNames.Part> parts, int which, int first, int outputs) {
    return parts.size() == 1
        ? Panels.of(files, parts.getFirst(), first, outputs)
        : Panels.of(files, parts.get(which), 0, outputs);
  }

  private float @Nullable [] optionalNorm(ModelWeights files, List<WeightNames.Part> parts) {
    return parts.isEmpty() ? null : norm(files, parts);
  }

  /** What a norm multiplies by. */
  private float[] norm(ModelWeights files, List<WeightNames.Part> parts) {
    float[] weight = files.floats(parts);
    if (config.architecture().has(Trait.SHIFTED_NORM)) {
      for (int i = 0; i < weight.length; i++) {
        weight[i] += 1;
      }
    }
    return weight;
  }
}
