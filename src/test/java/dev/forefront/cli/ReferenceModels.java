package dev.forefront.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small models from the reference folder. */
final class ReferenceModels {

  private ReferenceModels() {}

  static Path reference(String name) {
    return Path.of(System.getProperty("forefront.reference")).resolve(name);
  }

  /** A model of text, without a chat template. */
  static Path ofText() {
    return reference("scoring").resolve("model");
  }

  /** A model that was tuned for a few steps to chat. */
  static Path ofChat(Path folder) throws IOException {
    Path alignment = reference("alignment");
    Path model = Files.createDirectories(folder.resolve("chat-model"));
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(alignment.resolve("model/policy").resolve(file), model.resolve(file));
    }
    Files.copy(alignment.resolve("model/tokenizer.json"), model.resolve("tokenizer.json"));
    Files.copy(alignment.resolve("chat_template.jinja"), model.resolve("chat_template.jinja"));
    return model;
  }
}
