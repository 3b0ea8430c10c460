package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import dev.forefront.train.Recipe.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** From YAML to a recipe; every problem is found in one reading. */
final class RecipeReader {
  private static final long MOST_BYTES = 1 << 20;
  private static final int MOST_STEPS = 100_000_000;
  private static final int MOST_LENGTH = 1 << 20;

  private RecipeReader() {}

  static Recipe read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new BadInputException("there is no recipe at " + file);
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new BadInputException(file + " is larger than 1 MB: it is no recipe");
      }
      return parse(Files.readString(file), file.toString());
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + " is no UTF-8 text", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Recipe parse(String yaml, String source) {
    List<String> problems = new ArrayList<>();
    Section root = Section.of("", YamlNode.parse(yaml, source, problems), problems);
    Recipe recipe = recipe(root);
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingInt(RecipeReader::line));
      throw new BadInputException(
          problems.size() == 1
              ? source + " " + problems.getFirst()
              : "%s has %d problems:\n  %s"
                  .formatted(source, problems.size(), String.join("\n  ", problems)));
    }
    return recipe;
  }

  /** Problems start with "line N:". */
  private static int line(String problem) {
    return Integer.parseInt(problem.substring("line ".length(), problem.indexOf(':')));
  }

  private static Recipe recipe(Section root) {
    Recipe defaults = Recipe.DEFAULTS;
    Recipe.Model model = model(root.section("model"), defaults.model());
    Recipe recipe =
        new Recipe(
            root.word("name", defaults.name()),
            root.whole("seed", defaults.seed(), 0, Long.MAX_VALUE),
            data(root.section("data"), defaults.data()),
            tokenizer(root.section("tokenizer"), defaults.tokenizer()),
            model,
            pretrain(root.section("pretrain"), defaults.pretrain(), model),
            supervised(root.section("supervised"), defaults.supervised(), model),
            preference(root.section("preference"), defaults.preference(), model),
            evaluate(root.section("evaluate"), defaults.evaluate()),
            root.file("policy", defaults.policy()));
    root.end();
    return recipe;
  }

  private static Recipe.Data data(Section s, Recipe.Data defaults) {
    Section world = s.section("world");
    Section cleaning = s.section("cleaning");
    Recipe.Cleaning clean = defaults.cleaning();
    Recipe.Data data =
        new Recipe.Data(
            new Recipe.World(
                world.whole("seed", defaults.world().seed(), 0, Long.MAX_VALUE),
                world.real("size", defaults.world().size(), 0.01, 100)),
            s.sections("pretrain", defaults.pretrain(), RecipeReader::source),
            s.sections("supervised", defaults.supervised(), RecipeReader::source),
            s.sections("preference", defaults.preference(), RecipeReader::source),
            s.real("held_out", defaults.heldOut(), 0, 0.5),
            new Recipe.Cleaning(
                cleaning.real("near_duplicate", clean.nearDuplicate(), 0.5, 1),
                cleaning.integer("decontaminate", clean.decontaminate(), 4, 100),
                cleaning.truth("redact", clean.redact()),
                cleaning.truth("filter", clean.filter())));
    s.check(!data.pretrain().isEmpty(), "data.pretrain names no set: there is nothing to learn");
    world.end();
    cleaning.end();
    s.end();
    return data;
  }

  private static Recipe.Source source(Section s) {
    s.require("set");
    return new Recipe.Source(s.word("set", "world"), s.real("epochs", 1, 0.001, 1000));
  }

  private static Recipe.Tokenizer tokenizer(Section s, Recipe.Tokenizer defaults) {
    Recipe.Tokenizer tokenizer =
        new Recipe.Tokenizer(s.integer("vocabulary", defaults.vocabulary(), 300, 1_000_000));
    s.end();
    return tokenizer;
  }

  private static Recipe.Model model(Section s, Recipe.Model defaults) {
    Recipe.Model model =
        new Recipe.Model(
            s.integer("hidden", defaults.hidden(), 8, 65_536),
            s.integer("intermediate", defaults.intermediate(), 8, 1 << 18),
            s.integer("layers", defaults.layers(), 1, 512),
            s.integer("heads", defaults.heads(), 1, 1024),
            s.integer("key_value_heads", defaults.keyValueHeads(), 1, 1024),
            s.integer("context", defaults.context(), 8, MOST_LENGTH));
    s.check(
        model.hidden() % model.heads() == 0 && model.hidden() / model.heads() % 2 == 0,
        "model.hidden must be an even multiple of model.heads");
    s.check(
        model.heads() % model.keyValueHeads() == 0,
        "model.key_value_heads must divide model.heads");
    s.end();
    return model;
  }

  private static Recipe.Pretrain pretrain(Section s, Recipe.Pretrain defaults, Recipe.Model model) {
    Recipe.Pretrain stage =
        new Recipe.Pretrain(
            s.integer("steps", defaults.steps(), 1, MOST_STEPS),
            s.integer("rows", defaults.rows(), 1, 65_536),
            s.integer("length", defaults.length(), 8, MOST_LENGTH),
            optimizer(s.section("optimizer"), defaults.optimizer()),
            rates(s.section("schedule"), defaults.schedule()),
            s.real("clip", defaults.clip(), 1e-6, 1e6),
            s.integer("checkpoint", defaults.checkpoint(), 1, MOST_STEPS));
    checkStage(s, "pretrain", stage.steps(), stage.length(), stage.schedule(), model);
    s.end();
    return stage;
  }

  private static Recipe.Supervised supervised(
      Section s, Recipe.Supervised defaults, Recipe.Model model) {
    Recipe.Supervised stage =
        new Recipe.Supervised(
            s.integer("steps", defaults.steps(), 1, MOST_STEPS),
            s.integer("rows", defaults.rows(), 1, 65_536),
            s.integer("length", defaults.length(), 8, MOST_LENGTH),
            optimizer(s.section("optimizer"), defaults.optimizer()),
            rates(s.section("schedule"), defaults.schedule()),
            s.real("clip", defaults.clip(), 1e-6, 1e6),
            s.integer("checkpoint", defaults.checkpoint(), 1, MOST_STEPS));
    checkStage(s, "supervised", stage.steps(), stage.length(), stage.schedule(), model);
    s.end();
    return stage;
  }

  private static Recipe.Preference preference(
      Section s, Recipe.Preference defaults, Recipe.Model model) {
    Recipe.Preference stage =
        new Recipe.Preference(
            s.integer("steps", defaults.steps(), 1, MOST_STEPS),
            s.integer("pairs", defaults.pairs(), 1, 65_536),
            s.integer("length", defaults.length(), 8, MOST_LENGTH),
            s.real("beta", defaults.beta(), 1e-4, 100),
            s.real("label_smoothing", defaults.labelSmoothing(), 0, 0.4999),
            s.real("supervised_weight", defaults.supervisedWeight(), 0, 100),
            optimizer(s.section("optimizer"), defaults.optimizer()),
            rates(s.section("schedule"), defaults.schedule()),
            s.real("clip", defaults.clip(), 1e-6, 1e6),
            s.integer("checkpoint", defaults.checkpoint(), 1, MOST_STEPS));
    checkStage(s, "preference", stage.steps(), stage.length(), stage.schedule(), model);
    s.end();
    return stage;
  }

  private static void checkStage(
      Section s, String name, int steps, int length, Recipe.Rates rates, Recipe.Model model) {
    s.check(
        length <= model.context(),
        "%s.length %d is longer than model.context %d".formatted(name, length, model.context()));
    s.check(
        rates.warmup() + (long) rates.decay() <= steps,
        "%s.schedule has more warmup and decay than the %d steps".formatted(name, steps));
  }

  private static Recipe.Optimizer optimizer(Section s, Recipe.Optimizer defaults) {
    Recipe.Optimizer optimizer =
        new Recipe.Optimizer(
            s.real("rate", defaults.rate(), 0, 10),
            s.real("beta1", defaults.beta1(), 0, 0.99999),
            s.real("beta2", defaults.beta2(), 0, 0.999999),
            s.real("epsilon", defaults.epsilon(), 1e-16, 1),
            s.real("weight_decay", defaults.weightDecay(), 0, 10));
    s.end();
    return optimizer;
  }

  private static Recipe.Rates rates(Section s, Recipe.Rates defaults) {
    Recipe.Rates rates =
        new Recipe.Rates(
            s.choice("kind", defaults.kind(), Kind.values()),
            s.integer("warmup", defaults.warmup(), 0, MOST_STEPS),
            s.integer("decay", defaults.decay(), 0, MOST_STEPS),
            s.real("floor", defaults.floor(), 0, 1));
    s.check(
        rates.kind() == Kind.WSD || rates.decay() == 0,
        "schedule.decay belongs to kind wsd alone; %s falls over all steps"
            .formatted(rates.kind()));
    s.end();
    return rates;
  }

  private static Recipe.Evaluate evaluate(Section s, Recipe.Evaluate defaults) {
    Recipe.Evaluate evaluate =
        new Recipe.Evaluate(
            s.words("suites", defaults.suites()),
            s.integer("samples", defaults.samples(), 1, 1_000_000),
            s.integer("tokens", defaults.tokens(), 1, MOST_LENGTH));
    s.end();
    return evaluate;
  }
}
