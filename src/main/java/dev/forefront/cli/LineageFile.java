package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.data.sets.Catalogue;
import dev.forefront.data.world.World;
import dev.forefront.train.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Adds to a model's lineage.json what only the road knows: the stages before it, first one first,
 * and all that it learnt from, with licences.
 */
final class LineageFile {
  private static final String FILE = "lineage.json";
  private static final String STAGES = "stages";
  private static final String DATASETS = "datasets";

  private LineageFile() {}

  /** Of a model that was trained from random weights. */
  static void complete(Path model, List<Recipe.Source> learnt, List<Recipe.Own> own) {
    ObjectNode root = read(model);
    root.putArray(STAGES);
    add(root.putArray(DATASETS), learnt, own);
    write(model, root);
  }

  /** Of a model that goes on from another stage's. */
  static void complete(
      Path model,
      String parentName,
      Stage.Finished parent,
      List<Recipe.Source> learnt,
      List<Recipe.Own> own) {
    ObjectNode root = read(model);
    ObjectNode before = read(Road.model(parent));
    ArrayNode stages = root.putArray(STAGES);
    before.path(STAGES).forEach(stages::add);
    stages.addObject().put("name", parentName).put("model_digest", parent.output());
    ArrayNode datasets = root.putArray(DATASETS);
    before.path(DATASETS).forEach(datasets::add);
    add(datasets, learnt, own);
    write(model, root);
  }

  private static void add(ArrayNode datasets, List<Recipe.Source> learnt, List<Recipe.Own> own) {
    for (Recipe.Source source : learnt) {
      if (!datasets.findValuesAsString("name").contains(source.set())) {
        ObjectNode node = datasets.addObject().put("name", source.set());
        own.stream()
            .filter(one -> one.name().equals(source.set()))
            .findFirst()
            .ifPresentOrElse(one -> describe(node, one), () -> describe(node, source.set()));
      }
    }
  }

  private static void describe(ObjectNode node, Recipe.Own own) {
    node.put("licence", own.licence()).put("source", own.origin());
    node.put("digest", OwnSets.digest(own));
  }

  private static void describe(ObjectNode node, String name) {
    if (name.equals(World.SOURCE)) {
      node.put("licence", World.LICENCE).put("source", "made by this program from a seed");
      return;
    }
    Catalogue.builtIn().sets().stream()
        .filter(set -> set.name().equals(name))
        .findFirst()
        .ifPresentOrElse(
            set -> node.put("licence", set.licence()).put("source", set.homepage()),
            () -> node.put("licence", "not stated"));
  }

  private static ObjectNode read(Path model) {
    Path file = model.resolve(FILE);
    try {
      JsonNode node = JsonMapper.shared().readTree(Files.readString(file));
      if (node instanceof ObjectNode root) {
        return root;
      }
      throw new BadInputException(file + " holds no object: delete the stage's folder to redo it");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      throw new BadInputException(file + " is not JSON: delete the stage's folder to redo it", e);
    }
  }

  private static void write(Path model, ObjectNode root) {
    AtomicFile.write(model.resolve(FILE), root.toPrettyString() + "\n");
  }
}
