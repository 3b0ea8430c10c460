package dev.forefront.cli;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Sha256;
import dev.forefront.data.Cleaner;
import dev.forefront.data.Cleaning;
import dev.forefront.data.Corpus;
import dev.forefront.data.DataPipeline;
import dev.forefront.data.Document;
import dev.forefront.data.DocumentSource;
import dev.forefront.data.HeldOut;
import dev.forefront.data.Judged;
import dev.forefront.data.Manifest;
import dev.forefront.data.Mixture;
import dev.forefront.data.Preference;
import dev.forefront.data.world.World;
import dev.forefront.train.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Writes {@code pretrain/corpus.jsonl}, {@code supervised/corpus.jsonl}, {@code preference.jsonl},
 * and {@code judged.jsonl} where there are replies that were judged one by one.
 */
final class DataStage {
  static final String PRETRAIN = "pretrain";
  static final String HELD_OUT = "heldout";
  static final String SUPERVISED = "supervised";
  static final String PREFERENCE = "preference.jsonl";
  static final String JUDGED = "judged.jsonl";

  private final Recipe.Data recipe;
  private final Syllabus syllabus;

  DataStage(Recipe.Data recipe, Syllabus syllabus) {
    this.recipe = recipe;
    this.syllabus = syllabus;
  }

  static String digest(Path folder) {
    StringBuilder digests = new StringBuilder();
    for (String file :
        List.of(
            PRETRAIN + "/" + Corpus.FILE,
            HELD_OUT + "/" + Corpus.FILE,
            SUPERVISED + "/" + Corpus.FILE,
            PREFERENCE)) {
      Path path = folder.resolve(file);
      digests.append(Files.exists(path) ? Sha256.hex(path) : "none").append('\n');
    }
    if (Files.exists(folder.resolve(JUDGED))) {
      digests.append(Sha256.hex(folder.resolve(JUDGED))).append('\n');
    }
    return "sha256:" + Sha256.hex(digests.toString().getBytes(StandardCharsets.UTF_8));
  }

  String into(Path folder) {
    List<String> exam = new ArrayList<>(syllabus.heldOut());
    keepForMeasuring(folder, exam);
    HeldOut heldOut = heldOut(exam);
    Manifest text = clean(PRETRAIN, sources(recipe.pretrain(), this::learnt), heldOut, folder);
    String summary = "text: " + text.summary();
    if (!recipe.supervised().isEmpty()) {
      Manifest dialogues =
          clean(SUPERVISED, sources(recipe.supervised(), syllabus::dialogues), heldOut, folder);
      summary += "; dialogues: " + dialogues.summary();
    }
    Map<String, Integer> copies = new HashMap<>();
    List<Preference> pairs = wanted(syllabus::pairs, Preference::id, copies);
    List<Preference> clean = clean(pairs, heldOut);
    PreferenceFile.write(folder.resolve(PREFERENCE), repeated(clean, Preference::id, copies));
    summary += "; pairs: %,d of %,d kept".formatted(clean.size(), pairs.size());
    List<Judged> judged = wanted(syllabus::judged, Judged::id, copies);
    if (judged.isEmpty()) {
      return summary;
    }
    List<Judged> kept = cleanJudged(judged, heldOut);
    PreferenceFile.writeJudged(folder.resolve(JUDGED), repeated(kept, Judged::id, copies));
    return "%s; judged replies: %,d of %,d kept".formatted(summary, kept.size(), judged.size());
  }

  /**
   * A judged reply is cleaned as the conversation that it ends. Only exact copies go, and a copy
   * that was judged the other way round is none. An undesirable reply may be no prose: that may be
   * what is wrong with it.
   */
  private List<Judged> cleanJudged(List<Judged> judged, HeldOut heldOut) {
    Map<Judged.Label, Cleaner> cleaners = new EnumMap<>(Judged.Label.class);
    List<Judged> kept = new ArrayList<>();
    for (Judged one : judged) {
      Document document =
          new Document.Dialogue(
              one.id(), one.prompt().plus(Message.assistant(one.reply())), "judged", "");
      cleaners
          .computeIfAbsent(one.label(), label -> new Cleaner(cleaning(label), heldOut))
          .clean(document)
          .map(Document::texts)
          .ifPresent(
              texts ->
                  kept.add(
                      new Judged(
                          one.id(), prompt(one.prompt(), texts), texts.getLast(), one.label())));
    }
    return kept;
  }

  /** Writes {@code heldout/corpus.jsonl}; what is in it may not be learnt either. */
  private void keepForMeasuring(Path folder, List<String> exam) {
    if (recipe.heldOut() == 0) {
      return;
    }
    clean(HELD_OUT, sources(recipe.pretrain(), this::kept), heldOut(exam), folder);
    for (Document document : Corpus.read(folder.resolve(HELD_OUT).resolve(Corpus.FILE))) {
      document.texts().stream().filter(this::isTelling).forEach(exam::add);
    }
  }

  /** Long enough to be known again: "thank you" stands in every conversation. */
  private boolean isTelling(String text) {
    return text.split("\\s+").length >= recipe.cleaning().decontaminate();
  }

  private HeldOut heldOut(List<String> texts) {
    return new HeldOut(texts, recipe.cleaning().decontaminate());
  }

  private DocumentSource kept(String set) {
    return filtered(syllabus.text(set), this::isKept);
  }

  private DocumentSource learnt(String set) {
    return filtered(syllabus.text(set), document -> !isKept(document));
  }

  private static DocumentSource filtered(
      DocumentSource source, Predicate<? super Document> wanted) {
    return new DocumentSource(source.name(), () -> source.documents().get().filter(wanted));
  }

  /**
   * By the document's name, so that no other document's coming or going changes it. The built-in
   * world brings held-out texts of its own.
   */
  private boolean isKept(Document document) {
    if (document.source().equals(World.SOURCE)) {
      return false;
    }
    String name = document.source() + "/" + document.id();
    String hex = Sha256.hex(name.getBytes(StandardCharsets.UTF_8));
    return Long.parseLong(hex.substring(0, 8), 16) < recipe.heldOut() * (1L << 32);
  }

  private Manifest clean(String name, List<DocumentSource> sources, HeldOut heldOut, Path folder) {
    try (Progress progress = Progress.start("data: " + name, -1, "documents")) {
      return new DataPipeline(cleaning(recipe.cleaning().nearDuplicate()), heldOut)
          .run(sources, folder.resolve(name), progress);
    }
  }

  private Cleaning cleaning(Judged.Label label) {
    boolean filter = recipe.cleaning().filter() && label == Judged.Label.DESIRABLE;
    return new Cleaning(1, recipe.cleaning().redact(), filter);
  }

  private Cleaning cleaning(double nearDuplicate) {
    return new Cleaning(nearDuplicate, recipe.cleaning().redact(), recipe.cleaning().filter());
  }

  private static List<DocumentSource> sources(
      List<Recipe.Source> wanted, Function<String, DocumentSource> open) {
    return wanted.stream().map(source -> open.apply(source.set())).toList();
  }

  /**
   * What is taken of the preference sets.
   *
   * @param copies is told how often each is seen, by its id, as the set's epochs have it
   */
  private <T> List<T> wanted(
      Function<String, List<T>> open, Function<T, String> id, Map<String, Integer> copies) {
    Mixture mixture = Mixtures.of(recipe.preference());
    List<T> wanted = new ArrayList<>();
    for (Recipe.Source source : recipe.preference()) {
      for (T one : open.apply(source.set())) {
        int times = mixture.copies(source.set(), id.apply(one));
        copies.put(id.apply(one), times);
        if (times > 0) {
          wanted.add(one);
        }
      }
    }
    return wanted;
  }

  private static <T> List<T> repeated(
      List<T> kept, Function<T, String> id, Map<String, Integer> copies) {
    List<T> all = new ArrayList<>();
    kept.forEach(
        one -> all.addAll(Collections.nCopies(copies.getOrDefault(id.apply(one), 1), one)));
    return all;
  }

  /**
   * A pair is cleaned as the conversation in which both replies follow each other. Pairs are alike
   * by nature, so only exact copies go.
   */
  private List<Preference> clean(List<Preference> pairs, HeldOut heldOut) {
    Cleaner cleaner = new Cleaner(cleaning(1), heldOut);
    List<Preference> kept = new ArrayList<>();
    for (Preference pair : pairs) {
      List<Message> messages = new ArrayList<>(pair.prompt().messages());
      messages.add(Message.assistant(pair.chosen()));
      messages.add(Message.user("or"));
      messages.add(Message.assistant(pair.rejected()));
      Document document = new Document.Dialogue(pair.id(), new Conversation(messages), "pairs", "");
      cleaner
          .clean(document)
          .map(Document::texts)
          .filter(texts -> !texts.get(texts.size() - 3).equals(texts.getLast()))
          .ifPresent(texts -> kept.add(pair(pair, texts)));
    }
    return kept;
  }

  private static Preference pair(Preference original, List<String> texts) {
    return new Preference(
        original.id(),
        prompt(original.prompt(), texts),
        texts.get(texts.size() - 3),
        texts.getLast(),
        original.margin());
  }

  /** The same turns with other texts. */
  private static Conversation prompt(Conversation original, List<String> texts) {
    List<Message> prompt = new ArrayList<>();
    for (int i = 0; i < original.messages().size(); i++) {
      prompt.add(new Message(original.messages().get(i).role(), texts.get(i)));
    }
    return new Conversation(prompt);
  }
}
