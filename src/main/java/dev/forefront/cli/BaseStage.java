package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import dev.forefront.model.Encoding;
import dev.forefront.model.ModelConfig;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes a model from elsewhere into a run, as float32, so that what is tuned is there as long as
 * the run is.
 */
final class BaseStage {
  private static final String LINEAGE = "lineage.json";

  private final Path source;

  BaseStage(Path source) {
    this.source = source;
  }

  /**
   * Looks at it before anything is done.
   *
   * @throws BadInputException where it is no model, has no tokenizer, or cannot read rows as long
   *     as the recipe's
   */
  void requireFits(Recipe recipe) {
    config(recipe);
  }

  /** Its shape, once it was looked at so. */
  ModelConfig config(Recipe recipe) {
    try (OpenModel model = OpenModel.open(source, null)) {
      int context = model.weights().config().contextLength();
      requireRoom("supervised.length", recipe.supervised().length(), context);
      requireRoom("preference.length", recipe.preference().length(), context);
      if (model.vocabulary().isEmpty()) {
        throw new BadInputException(
            "base: %s has no tokenizer beside its weights; nothing can be learnt without one"
                .formatted(source));
      }
      return model.weights().config();
    }
  }

  private void requireRoom(String key, int length, int context) {
    if (length > context) {
      throw new BadInputException(
          "%s %,d is longer than the %,d tokens that %s reads"
              .formatted(key, length, context, source));
    }
  }

  /** Of the model as it lies elsewhere. */
  String sourceDigest() {
    try (OpenModel model = OpenModel.open(source, null)) {
      return model.digest();
    }
  }

  /**
   * @param digest of the source, for the lineage
   */
  String into(Path folder, String digest) {
    Path target = folder.resolve("model");
    // What an attempt that was cut off may have left.
    FileTree.delete(target);
    try (OpenModel model = OpenModel.open(source, null)) {
      model.writeFolder(target, Encoding.F32);
      requireTemplate(target);
      AtomicFile.write(target.resolve(LINEAGE), lineage(digest).toPrettyString() + "\n");
      return "%s, %,d parameters, from %s"
          .formatted(
              model.weights().config().architecture().modelType(),
              model.weights().config().parameters(),
              source);
    }
  }

  private void requireTemplate(Path model) {
    try {
      ChatTemplate.open(model, Tokenizer.open(model));
    } catch (BadInputException e) {
      throw new BadInputException(
          ("base: %s has no chat template that can be used (%s); make a folder of it with"
                  + " ./forefront model import and put its chat_template.jinja there")
              .formatted(source, e.getMessage()),
          e);
    }
  }

  /** What the model says of itself; where it says nothing, that this is not known. */
  private ObjectNode lineage(String digest) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", "forefront-lineage-1");
    root.put("stage", Road.BASE);
    root.put("taken_from", digest);
    JsonNode own = own();
    root.set("stages", own.path("stages").isArray() ? own.path("stages") : array());
    if (own.path("datasets").isArray()) {
      root.set("datasets", own.path("datasets"));
    } else {
      Path name = source.toAbsolutePath().normalize().getFileName();
      root.putArray("datasets")
          .addObject()
          .put("name", "whatever %s learnt from".formatted(name))
          .put("licence", "not stated")
          .put("source", "not known here");
    }
    return root;
  }

  private static JsonNode array() {
    return JsonMapper.shared().createArrayNode();
  }

  private JsonNode own() {
    Path file = source.resolve(LINEAGE);
    if (!Files.isRegularFile(file)) {
      return JsonMapper.shared().createObjectNode();
    }
    try {
      return JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      throw new BadInputException(file + " is not JSON: mend it, or take it away", e);
    }
  }
}
