package dev.forefront.train;

import dev.forefront.token.Split;
import java.util.List;

/** Reads a recipe's keys, but for those of the trainings. */
final class RecipeKeys {
  static final int MOST_LENGTH = 1 << 20;

  private RecipeKeys() {}

  static Recipe recipe(Section root) {
    Recipe defaults = Recipe.DEFAULTS;
    String name = root.word("name", defaults.name(), "names the run's folder, `runs/NAME`");
    long seed =
        root.whole(
            "seed", defaults.seed(), 0, Long.MAX_VALUE, "of the initial weights and every order");
    String base =
        root.file(
            "base",
            defaults.base(),
            "a model to tune: a Hugging Face folder or a GGUF file. `none`: one is pretrained, as"
                + " `tokenizer`, `model` and `pretrain` say");
    Recipe.Data data = data(root.section("data"), defaults.data());
    Recipe.Tokenizer tokenizer = tokenizer(root.section("tokenizer"), defaults.tokenizer());
    Section shape = root.section("model");
    boolean scaled = shape.has("depth");
    Recipe.Model model = model(shape, defaults.model());
    // That of a base is known when it is opened.
    int context = base.equals(Recipe.NONE) ? model.context() : MOST_LENGTH;
    Section pretrain = root.section("pretrain");
    Recipe recipe =
        new Recipe(
            name,
            seed,
            base,
            data,
            tokenizer,
            model,
            StageKeys.pretrain(
                pretrain,
                scaled
                    ? length -> Scaling.pretrain(model, tokenizer.vocabulary(), length)
                    : length -> defaults.pretrain(),
                scaled ? model.context() : defaults.pretrain().length(),
                data,
                model),
            StageKeys.supervised(root.section("supervised"), defaults.supervised(), context),
            StageKeys.preference(root.section("preference"), defaults.preference(), context),
            compute(root.section("compute"), defaults.compute()),
            evaluate(root.section("evaluate"), defaults.evaluate()),
            root.file(
                "policy",
                defaults.policy(),
                "what the gate asks of what `demo` makes; the board signs it"));
    root.end();
    return recipe;
  }

  private static Compute compute(Section s, Compute defaults) {
    Compute compute =
        new Compute(
            s.choice(
                "device",
                defaults.device(),
                Compute.Where.values(),
                "`auto`: a graphics card where there is one"),
            s.choice(
                "precision",
                defaults.precision(),
                Compute.Precision.values(),
                "of products; `auto`: bfloat16 on a graphics card, float32 on processors; weights"
                    + " and moments are float32 in any case"),
            s.truth(
                "tf32",
                defaults.tf32(),
                "let a graphics card round what it multiplies as float32 to ten bits"));
    s.end();
    return compute;
  }

  private static Recipe.Data data(Section s, Recipe.Data defaults) {
    Section world = s.section("world");
    Recipe.World made =
        new Recipe.World(
            world.whole(
                "seed", defaults.world().seed(), 0, Long.MAX_VALUE, "another seed, other texts"),
            world.real(
                "size", defaults.world().size(), 0.01, 100, "of the built-in corpus `world`"));
    world.end();
    Recipe.Data data =
        new Recipe.Data(
            made,
            s.sections(
                "pretrain",
                defaults.pretrain(),
                "`world` once",
                "sets that are read as plain text",
                RecipeKeys::source),
            s.sections(
                "supervised",
                defaults.supervised(),
                "`world` once",
                "sets of dialogues to learn from",
                RecipeKeys::source),
            s.sections(
                "preference",
                defaults.preference(),
                "`world` once",
                "sets of pairs of replies, or for loss `kto` of single ones that were judged",
                RecipeKeys::source),
            s.real(
                "held_out",
                defaults.heldOut(),
                0,
                0.5,
                "share of the text that is never learnt, but kept for measuring; `world` is left"
                    + " whole"),
            cleaning(s.section("cleaning"), defaults.cleaning()),
            s.sections(
                "own",
                defaults.own(),
                "none",
                "sets of your own, which the lists above then name",
                RecipeKeys::own));
    s.check(!data.pretrain().isEmpty(), "data.pretrain names no set: there is nothing to learn");
    s.end();
    return data;
  }

  private static Recipe.Cleaning cleaning(Section s, Recipe.Cleaning defaults) {
    Recipe.Cleaning cleaning =
        new Recipe.Cleaning(
            s.real(
                "near_duplicate",
                defaults.nearDuplicate(),
                0.5,
                1,
                "likeness (Jaccard) from which a document is a copy; 1 drops exact copies only"),
            s.integer(
                "decontaminate",
                defaults.decontaminate(),
                4,
                100,
                "words in a row that a document may not share with a held-out task"),
            s.truth("redact", defaults.redact(), "replace addresses, numbers and account names"),
            s.truth("filter", defaults.filter(), "drop documents that are no prose"));
    s.end();
    return cleaning;
  }

  private static Recipe.Source source(Section s) {
    s.require("set");
    return new Recipe.Source(
        s.word("set", "world", "its name in the catalogue, or `world`"),
        s.real("epochs", 1, 0.001, 1000, "how often it is seen; 0.5 takes half of it"));
  }

  private static Recipe.Own own(Section s) {
    s.require("name");
    s.require("file");
    s.require("licence");
    return new Recipe.Own(
        s.word("name", "mine", "by which the lists name it"),
        s.file(
            "file",
            "mine.jsonl",
            "JSON lines with a `text`, with `messages`, with `prompt`, `chosen` and `rejected`, or"
                + " with `prompt`, `completion` and `label`; or a folder of such files and of plain"
                + " texts"),
        s.text("licence", "ours", "what allows you to learn from it; the model's lineage says so"),
        s.text("origin", "not stated", "where it is from; the lineage says so"));
  }

  private static Recipe.Tokenizer tokenizer(Section s, Recipe.Tokenizer defaults) {
    Recipe.Tokenizer tokenizer =
        new Recipe.Tokenizer(
            s.integer(
                "vocabulary",
                defaults.vocabulary(),
                300,
                1_000_000,
                "tokens, special ones included"),
            s.choice(
                "split",
                defaults.split(),
                Split.values(),
                "how text is cut into words before any merge; all but `forefront` are llama.cpp's"
                    + " too (`tokenizer.md`)",
                Split.insteadOf()));
    s.end();
    return tokenizer;
  }

  private static Recipe.Model model(Section s, Recipe.Model usual) {
    int depth =
        s.integer(
            "depth",
            0,
            0,
            512,
            "derive the shape below and the whole of `pretrain` from a number of layers; what is"
                + " given beside it stands. 0: nothing is derived");
    Recipe.Model defaults = depth > 0 ? Scaling.model(depth, usual.context()) : usual;
    Recipe.Model model =
        new Recipe.Model(
            s.integer("hidden", defaults.hidden(), 8, 65_536, "width of the residual stream"),
            s.integer(
                "intermediate",
                defaults.intermediate(),
                8,
                1 << 18,
                "width of the gated feed-forward layer"),
            s.integer("layers", defaults.layers(), 1, 512, "blocks"),
            s.integer(
                "heads",
                defaults.heads(),
                1,
                1024,
                "query heads; `hidden` is an even multiple of them"),
            s.integer(
                "key_value_heads",
                defaults.keyValueHeads(),
                1,
                1024,
                "key and value heads; they divide the heads"),
            s.integer("context", defaults.context(), 8, MOST_LENGTH, "most tokens that it reads"));
    s.check(
        model.hidden() % model.heads() == 0 && model.hidden() / model.heads() % 2 == 0,
        "model.hidden must be an even multiple of model.heads");
    s.check(
        model.heads() % model.keyValueHeads() == 0,
        "model.key_value_heads must divide model.heads");
    s.end();
    return model;
  }

  private static Recipe.Evaluate evaluate(Section s, Recipe.Evaluate defaults) {
    Recipe.Evaluate evaluate =
        new Recipe.Evaluate(
            s.words(
                "suites",
                defaults.suites(),
                "names of suites, for `demo` alone; `forefront evaluate` is told by its options"),
            s.integer("samples", defaults.samples(), 1, 1_000_000, "most that a suite asks"),
            s.integer("tokens", defaults.tokens(), 1, MOST_LENGTH, "most that a reply may have"));
    s.end();
    return evaluate;
  }

  /** Sections in the order of the page. */
  static List<String> sections(List<RecipeKey> keys) {
    return keys.stream().map(RecipeKey::section).distinct().toList();
  }
}
