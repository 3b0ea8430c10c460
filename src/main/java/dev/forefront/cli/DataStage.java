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
import dev.forefront.data.Manifest;
import dev.forefront.data.Preference;
import dev.forefront.train.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Writes {@code pretrain/corpus.jsonl}, {@code supervised/corpus.jsonl}, {@code preference.jsonl}.
 */
final class DataStage {
  static final String PRETRAIN = "pretrain";
  static final String SUPERVISED = "supervised";
  static final String PREFERENCE = "preference.jsonl";

  private final Recipe.Data recipe;
  private final Sets sets;

  DataStage(Recipe.Data recipe, Sets sets) {
    this.recipe = recipe;
    this.sets = sets;
  }

  static String digest(Path folder) {
    StringBuilder digests = new StringBuilder();
    for (String file :
        List.of(PRETRAIN + "/" + Corpus.FILE, SUPERVISED + "/" + Corpus.FILE, PREFERENCE)) {
      Path path = folder.resolve(file);
      digests.append(Files.exists(path) ? Sha256.hex(path) : "none").append('\n');
    }
    return "sha256:" + Sha256.hex(digests.toString().getBytes(StandardCharsets.UTF_8));
  }

  String into(Path folder) {
    HeldOut heldOut = new HeldOut(sets.heldOut(), recipe.cleaning().decontaminate());
    Manifest text = clean(PRETRAIN, sources(recipe.pretrain(), sets::text), heldOut, folder);
    String summary = "text: " + text.summary();
    if (!recipe.supervised().isEmpty()) {
      Manifest dialogues =
          clean(SUPERVISED, sources(recipe.supervised(), sets::dialogues), heldOut, folder);
      summary += "; dialogues: " + dialogues.summary();
    }
    List<Preference> pairs = pairs();
    List<Preference> clean = clean(pairs, heldOut);
    PreferenceFile.write(folder.resolve(PREFERENCE), clean);
    return "%s; pairs: %,d of %,d kept".formatted(summary, clean.size(), pairs.size());
  }

  private Manifest clean(String name, List<DocumentSource> sources, HeldOut heldOut, Path folder) {
    try (Progress progress = Progress.start("data: " + name, -1, "documents")) {
      return new DataPipeline(cleaning(recipe.cleaning().nearDuplicate()), heldOut)
          .run(sources, folder.resolve(name), progress);
    }
  }

  private Cleaning cleaning(double nearDuplicate) {
    return new Cleaning(nearDuplicate, recipe.cleaning().redact(), recipe.cleaning().filter());
  }

  private static List<DocumentSource> sources(
      List<Recipe.Source> wanted, Function<String, DocumentSource> open) {
    return wanted.stream().map(source -> open.apply(source.set())).toList();
  }

  private List<Preference> pairs() {
    List<Preference> pairs = new ArrayList<>();
    for (Recipe.Source source : recipe.preference()) {
      pairs.addAll(sets.pairs(source.set()));
    }
    return pairs;
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
    List<Message> prompt = new ArrayList<>();
    for (int i = 0; i < original.prompt().messages().size(); i++) {
      prompt.add(new Message(original.prompt().messages().get(i).role(), texts.get(i)));
    }
    return new Preference(
        original.id(), new Conversation(prompt), texts.get(texts.size() - 3), texts.getLast());
  }
}
