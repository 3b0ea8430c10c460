package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that are broken at random, always the same way: each is read, or refused in one sentence
 * that names what was opened; nothing else is ever thrown.
 */
class MutatedFilesTest {
  private static final long SEED = 20_261_128;

  @TempDir private Path folder;

  /** Something that can be opened, and one of the files that it consists of. */
  private record Victim(Path opened, Path file, byte[] whole, int header, Opening opening) {}

  @FunctionalInterface
  private interface Opening {
    void open(Path path);
  }

  @Test
  void someThousandsAreReadOrRefused() throws IOException {
    check(4_000);
  }

  @Test
  @Tag("slow")
  void aHundredThousandAreReadOrRefused() throws IOException {
    check(100_000);
  }

  private void check(int count) throws IOException {
    List<Victim> victims = victims();
    SplittableRandom random = new SplittableRandom(SEED);
    int refused = 0;
    for (int i = 0; i < count; i++) {
      Victim victim = victims.get(i % victims.size());
      byte[] broken = Mutation.of(victim.whole(), victim.header(), random);
      Files.write(victim.file(), broken);
      try {
        victim.opening().open(victim.opened());
      } catch (BadInputException e) {
        refused++;
        assertThat(e.getMessage())
            .as("mutation %d", i)
            .isNotBlank()
            .hasSizeLessThan(4000)
            .hasLineCount(1);
      } catch (Throwable e) {
        throw new AssertionError("mutation %d of %s".formatted(i, victim.file()), e);
      }
      Files.write(victim.file(), victim.whole());
    }
    assertThat(refused).isBetween(count / 4, count - count / 50);
  }

  private List<Victim> victims() throws IOException {
    List<Victim> victims = new ArrayList<>();
    Path small = ReferenceModels.own("models/llama-yarn");
    Path gguf = folder.resolve("model.gguf");
    try (ModelWeights weights = ModelWeights.open(small)) {
      GgufMetadata tokenizer =
          new GgufMetadata()
              .put("tokenizer.ggml.model", "gpt2")
              .putTexts(
                  "tokenizer.ggml.tokens", IntStream.range(0, 64).mapToObj(i -> "t" + i).toList())
              .putFloats("tokenizer.ggml.scores", List.of(0f, 1f))
              .putInts("tokenizer.ggml.token_type", List.of(1, 3))
              .put("tokenizer.ggml.add_bos_token", true);
      GgufExport.write(gguf, weights, Encoding.Q8_0, tokenizer);
    }
    byte[] whole = Files.readAllBytes(gguf);
    victims.add(new Victim(gguf, gguf, whole, 3_000, MutatedFilesTest::readModel));
    add(victims, small, "model.safetensors", 2_600);
    add(victims, small, "config.json", 2_600);
    Path sharded = ReferenceModels.reference("models/llama-sharded");
    add(victims, sharded, "model.safetensors.index.json", 2_600);
    Path adapter = ReferenceModels.reference("lora/query-value");
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Path copy = copy(adapter, "adapter-" + file);
      byte[] bytes = Files.readAllBytes(copy.resolve(file));
      victims.add(new Victim(copy, copy.resolve(file), bytes, 2_600, Adapter::open));
    }
    return victims;
  }

  private void add(List<Victim> victims, Path model, String file, int header) throws IOException {
    Path copy = copy(model, "model-" + file);
    byte[] whole = Files.readAllBytes(copy.resolve(file));
    victims.add(new Victim(copy, copy.resolve(file), whole, header, MutatedFilesTest::readModel));
  }

  private Path copy(Path model, String name) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(name));
    try (var files = Files.list(model)) {
      for (Path file : files.toList()) {
        if (!file.getFileName().toString().startsWith("reference")) {
          Files.copy(file, copy.resolve(file.getFileName().toString()));
        }
      }
    }
    return copy;
  }

  private static void readModel(Path model) {
    try (ModelWeights weights = ModelWeights.open(model)) {
      for (List<WeightNames.Part> parts : weights.names().inOrder()) {
        weights.floats(parts);
      }
    }
  }
}
