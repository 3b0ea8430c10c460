package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A low-rank adapter as PEFT writes it: for some weights W of a model, two small matrices, by which
 * W becomes {@code W + scaling B A}.
 */
public final class Adapter {
  private static final String FILE = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  static final String A = ".lora_A.weight";
  static final String B = ".lora_B.weight";

  /**
   * One weight's matrices.
   *
   * @param a {@code [rank, columns]}
   * @param b {@code [rows, rank]}
   */
  public record Pair(int rows, int columns, float[] a, float[] b) {}

  private final AdapterConfig config;
  private final Map<String, Pair> pairs;

  /**
   * @param pairs by Hugging Face's name of the weight
   */
  public Adapter(AdapterConfig config, Map<String, Pair> pairs) {
    this.config = config;
    this.pairs = new TreeMap<>(pairs);
    pairs.forEach(
        (name, pair) -> {
          if (pair.a().length != (long) config.rank() * pair.columns()
              || pair.b().length != (long) pair.rows() * config.rank()) {
            throw new IllegalArgumentException(
                "the matrices for %s do not have rank %d".formatted(name, config.rank()));
          }
        });
  }

  /**
   * One that changes nothing yet, as PEFT begins: A from an even distribution up to the root of one
   * in so many columns, B zero.
   *
   * @param config with targets, or without for all matrices inside the blocks
   * @throws BadInputException where no matrix inside the model's blocks has the name of a target
   */
  public static Adapter beginning(AdapterConfig config, ModelConfig model, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Pair> pairs = new LinkedHashMap<>();
    Set<String> names = new TreeSet<>();
    for (List<WeightNames.Part> parts : new WeightNames(model).inOrder()) {
      for (WeightNames.Part part : parts) {
        if (part.kind() == Transformer.Kind.MATRIX) {
          String module = module(part.name());
          String target = module.substring(module.lastIndexOf('.') + 1);
          names.add(target);
          if (config.targets().isEmpty() || config.targets().contains(target)) {
            pairs.put(part.name(), beginning(part, config.rank(), random));
          }
        }
      }
    }
    List<String> unknown = new ArrayList<>(config.targets());
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      throw new BadInputException(
          "the model has no matrix named %s inside its blocks, but %s"
              .formatted(unknown.getFirst(), String.join(", ", names)));
    }
    List<String> targets = config.targets().isEmpty() ? List.copyOf(names) : config.targets();
    return new Adapter(config.with(targets), pairs);
  }

  private static Pair beginning(WeightNames.Part part, int rank, SplittableRandom random) {
    int rows = Math.toIntExact(part.shape()[0]);
    int columns = Math.toIntExact(part.shape()[1]);
    float[] a = new float[Math.multiplyExact(rank, columns)];
    double most = 1 / Math.sqrt(columns);
    for (int i = 0; i < a.length; i++) {
      a[i] = (float) random.nextDouble(-most, most);
    }
    return new Pair(rows, columns, a, new float[Math.multiplyExact(rows, rank)]);
  }

  /** A weight's name without its last part. */
  static String module(String weight) {
    return weight.substring(0, weight.length() - ".weight".length());
  }

  /** Whether a folder holds an adapter. */
  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(AdapterConfig.FILE));
  }

  /**
   * Opens a folder with adapter_config.json and adapter_model.safetensors.
   *
   * @throws BadInputException naming the file and the option or tensor that is not understood
   */
  public static Adapter open(Path folder) {
    return open(folder, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes it takes. */
  public static Adapter open(Path folder, Loading loading) {
    AdapterConfig config = AdapterConfig.read(folder, loading);
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(folder + " holds no " + FILE);
    }
    try (SafeTensors tensors = SafeTensors.open(file, loading)) {
      Map<String, Pair> pairs = new LinkedHashMap<>();
      for (String name : tensors.entries().keySet()) {
        if (!name.startsWith(PREFIX) || !name.endsWith(A) && !name.endsWith(B)) {
          throw new BadInputException(
              "%s: tensor %s is none of a low-rank adapter".formatted(file, Foreign.shown(name)));
        }
        String module = name.substring(PREFIX.length(), name.length() - A.length());
        pairs.put(module + ".weight", pair(file, tensors, PREFIX + module, config.rank()));
      }
      return new Adapter(config, pairs);
    }
  }

  private static Pair pair(Path file, SafeTensors tensors, String module, int rank) {
    SafeTensors.Entry a = matrix(file, tensors, module + A);
    SafeTensors.Entry b = matrix(file, tensors, module + B);
    if (a.shape()[0] != rank || b.shape()[1] != rank) {
      throw new BadInputException(
          "%s: tensors of %s have shapes %s and %s where r is %d"
              .formatted(
                  file,
                  Foreign.shown(module),
                  Arrays.toString(a.shape()),
                  Arrays.toString(b.shape()),
                  rank));
    }
    return new Pair(
        Math.toIntExact(b.shape()[0]), Math.toIntExact(a.shape()[1]), a.floats(), b.floats());
  }

  private static SafeTensors.Entry matrix(Path file, SafeTensors tensors, String name) {
    SafeTensors.Entry entry = tensors.entries().get(name);
    if (entry == null) {
      throw new BadInputException("%s: tensor %s is missing".formatted(file, Foreign.shown(name)));
    }
    if (entry.shape().length != 2) {
      throw new BadInputException(
          "%s: tensor %s is no matrix".formatted(file, Foreign.shown(name)));
    }
    return entry;
  }

  public AdapterConfig config() {
    return config;
  }

  /** Matrices by Hugging Face's name of the weight. */
  public Map<String, Pair> pairs() {
    return Map.copyOf(pairs);
  }

  /** Writes both files, which PEFT loads; the configuration last. */
  public void write(Path folder) {
    List<SafeTensors.Entry> entries = new ArrayList<>();
    pairs.forEach(
        (name, pair) -> {
          String module = PREFIX + module(name);
          entries.add(SafeTensors.of(module + A, pair.a(), config.rank(), pair.columns()));
          entries.add(SafeTensors.of(module + B, pair.b(), pair.rows(), config.rank()));
        });
    SafeTensors.write(folder.resolve(FILE), entries, Map.of("format", "pt"));
    AtomicFile.write(folder.resolve(AdapterConfig.FILE), config.json());
  }

  /**
   * @throws BadInputException where a weight that it adapts is not the model's, or has another size
   */
  void requireFits(WeightNames names) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    names.inOrder().forEach(parts -> parts.forEach(part -> shapes.put(part.name(), part.shape())));
    pairs.forEach(
        (name, pair) -> {
          long[] shape = shapes.get(name);
          if (shape == null || shape.length != 2) {
            throw new BadInputException(
                "the adapter changes %s, which the model does not have"
                    .formatted(Foreign.shown(name)));
          }
          if (shape[0] != pair.rows() || shape[1] != pair.columns()) {
            throw new BadInputException(
                "the adapter was made for another model: %s is %d by %d there and %d by %d here"
                    .formatted(name, pair.rows(), pair.columns(), shape[0], shape[1]));
          }
        });
  }

  boolean changes(WeightNames.Part part) {
    return pairs.containsKey(part.name());
  }

  /** Adds {@code scaling B A} to a weight's numbers. */
  void addTo(WeightNames.Part part, float[] values) {
    Pair pair = pairs.get(part.name());
    if (pair == null) {
      return;
    }
    int rank = config.rank();
    float[] row = new float[pair.columns()];
    for (int i = 0; i < pair.rows(); i++) {
      Arrays.fill(row, 0);
      for (int k = 0; k < rank; k++) {
        float factor = pair.b()[i * rank + k];
        for (int j = 0; j < row.length; j++) {
          row[j] = Math.fma(factor, pair.a()[k * row.length + j], row[j]);
        }
      }
      for (int j = 0; j < row.length; j++) {
        values[i * row.length + j] += config.scaling() * row[j];
      }
    }
  }
}
