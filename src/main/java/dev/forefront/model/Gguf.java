package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A GGUF file, mapped into memory: metadata, then tensors. Format:
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
public final class Gguf implements AutoCloseable {

  /**
   * One tensor.
   *
   * @param shape row-major, the innermost last
   * @param data its bytes inside the mapped file, readable until the file is closed
   */
  public record Tensor(String name, Encoding encoding, long[] shape, MemorySegment data) {}

  private final Path file;
  private final Arena arena;
  private final Map<String, GgufValue> metadata;
  private final Map<String, Tensor> tensors;

  private Gguf(Path file, Arena arena, GgufReader reader) {
    this.file = file;
    this.arena = arena;
    metadata = Collections.unmodifiableMap(reader.metadata());
    tensors = Collections.unmodifiableMap(reader.tensors());
  }

  /** Whether a model is one file and not a folder. */
  public static boolean is(Path model) {
    return Files.isRegularFile(model)
        && !model.toString().endsWith(".safetensors")
        && !model.toString().endsWith(".json");
  }

  /**
   * @throws BadInputException naming the file, the field, and what is wrong with it
   */
  public static Gguf open(Path file) {
    return open(file, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes are mapped before anything is read from them. */
  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this object: close()
  public static Gguf open(Path file, Loading loading) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + " does not exist or is no file");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      loading.took(file, mapped);
      return new Gguf(file, arena, new GgufReader(file, mapped));
    } catch (IOException e) {
      arena.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  public Path file() {
    return file;
  }

  /** All tensors by name, in the file's order. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * @throws BadInputException where there is no such tensor
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw wrong("tensor " + name, "is missing");
    }
    return tensor;
  }

  /** The names of all metadata, in the file's order. */
  public List<String> keys() {
    return List.copyOf(metadata.keySet());
  }

  /** A text of the metadata; the four after it likewise, by type. */
  public Optional<String> text(String key) {
    return switch (metadata.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Text text -> Optional.of(text.value());
      default -> throw wrong(key, "is no text");
    };
  }

  public OptionalLong whole(String key) {
    return switch (metadata.get(key)) {
      case null -> OptionalLong.empty();
      case GgufValue.Whole whole -> OptionalLong.of(whole.value());
      default -> throw wrong(key, "is no whole number");
    };
  }

  public Optional<Double> real(String key) {
    return switch (metadata.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Real real -> Optional.of(real.value());
      case GgufValue.Whole whole -> Optional.of((double) whole.value());
      default -> throw wrong(key, "is no number");
    };
  }

  public Optional<Boolean> truth(String key) {
    return switch (metadata.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Truth truth -> Optional.of(truth.value());
      default -> throw wrong(key, "is neither true nor false");
    };
  }

  /** A list of texts; empty where there is none. */
  public List<String> texts(String key) {
    return switch (metadata.get(key)) {
      case null -> List.of();
      case GgufValue.Texts texts -> texts.values();
      default -> throw wrong(key, "is no list of texts");
    };
  }

  /** A list of numbers; empty where there is none. */
  public List<Float> floats(String key) {
    return list(key, (type, bytes, at) -> (float) type.real(bytes, at));
  }

  /** Likewise of whole numbers; of others what stands before the point. */
  public List<Integer> integers(String key) {
    return list(key, (type, bytes, at) -> (int) type.whole(bytes, at));
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(GgufScalar type, byte[] bytes, int at);
  }

  private <T> List<T> list(String key, Reader<T> reader) {
    return switch (metadata.get(key)) {
      case null -> List.of();
      case GgufValue.Numbers numbers -> {
        GgufScalar type = numbers.type();
        byte[] bytes = numbers.bytes();
        List<T> list = new ArrayList<>(numbers.count());
        for (int at = 0; at < bytes.length; at += type.bytes()) {
          list.add(reader.read(type, bytes, at));
        }
        yield list;
      }
      default -> throw wrong(key, "is no list of numbers");
    };
  }

  BadInputException wrong(String key, String what) {
    return new BadInputException("%s: %s %s".formatted(file, Foreign.shown(key), what));
  }

  /** Unmaps the file; tensors may not be read any more. */
  @Override
  public void close() {
    arena.close();
  }
}
