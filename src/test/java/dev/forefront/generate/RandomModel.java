package dev.forefront.generate;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.model.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small model that has learnt nothing: its weights are drawn by chance. */
public final class RandomModel {
  private RandomModel() {}

  /** Writes one with the tokenizer and the shapes of a recorded one, and a longer context. */
  public static Path write(Path folder, int contextLength) {
    Path from = Path.of(System.getProperty("forefront.reference"), "scoring", "model");
    Random random = new Random(7);
    List<SafeTensors.Entry> tensors = new ArrayList<>();
    try (SafeTensors shapes = SafeTensors.open(from.resolve("model.safetensors"))) {
      shapes
          .entries()
          .forEach(
              (name, entry) -> {
                float[] values = new float[entry.floats().length];
                for (int i = 0; i < values.length; i++) {
                  values[i] = name.contains("norm") ? 1 : (float) random.nextGaussian() * 0.15f;
                }
                tensors.add(SafeTensors.of(name, values, entry.shape()));
              });
      SafeTensors.write(folder.resolve("model.safetensors"), tensors, Map.of());
      Files.copy(from.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
      AtomicFile.write(
          folder.resolve("config.json"),
          Files.readString(from.resolve("config.json"))
              .replaceAll(
                  "\"max_position_embeddings\": \\d+",
                  "\"max_position_embeddings\": " + contextLength));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtomicFile.write(
        folder.resolve("chat_template.jinja"),
        "{%- for message in messages -%}{{- message.content + '\\n' -}}{%- endfor -%}");
    return folder;
  }

  /** One that reads and writes up to 1,024 tokens, of its own in this folder. */
  static IdModel open(Path folder) {
    return IdModel.open(write(folder, 1_024));
  }

  /** Tokens that mean nothing. */
  static int[] prompt(IdModel model, int length, long seed) {
    return new Random(seed).ints(length, 0, model.config().vocabularySize()).toArray();
  }
}
