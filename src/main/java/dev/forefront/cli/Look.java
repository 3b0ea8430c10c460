package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Corpus;
import dev.forefront.data.Document;
import dev.forefront.data.Packer;
import dev.forefront.model.Transformer;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.Continuation;
import dev.forefront.train.Examiner;
import dev.forefront.train.HeldOutLoss;
import dev.forefront.train.Recipe;
import dev.forefront.train.TrainingStage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What pretraining sees of its model on the way: held-out loss, bits per byte, continuations. */
final class Look implements Examiner {
  private static final double TEMPERATURE = 0.8;

  private final Tokenizer tokenizer;
  private final Optional<HeldOutLoss> heldOut;
  private final Recipe.Measure settings;
  private final int endOfText;

  private Look(Tokenizer tokenizer, Optional<HeldOutLoss> heldOut, Recipe.Measure settings) {
    this.tokenizer = tokenizer;
    this.heldOut = heldOut;
    this.settings = settings;
    endOfText = tokenizer.requireSpecialId(Packer.END_OF_TEXT);
  }

  /**
   * @param data folder of the cleaned corpora
   * @throws BadInputException where text was to be held out and none was
   */
  static Look at(Path data, Tokenizer tokenizer, Recipe recipe) {
    Path corpus = data.resolve(DataStage.HELD_OUT).resolve(Corpus.FILE);
    Optional<HeldOutLoss> loss =
        Files.exists(corpus)
            ? Optional.of(heldOut(corpus, tokenizer, recipe.pretrain()))
            : Optional.empty();
    return new Look(tokenizer, loss, recipe.pretrain().measure());
  }

  /** The first texts of the held-out corpus, as many as the recipe asks for. */
  private static HeldOutLoss heldOut(
      Path corpus, Tokenizer tokenizer, TrainingStage.Pretrain stage) {
    int end = tokenizer.requireSpecialId(Packer.END_OF_TEXT);
    List<int[]> texts = new ArrayList<>();
    long bytes = 0;
    long tokens = 0;
    try (Stream<Document> documents = Corpus.open(corpus)) {
      for (Iterator<Document> all = documents.iterator();
          all.hasNext() && tokens < stage.measure().tokens(); ) {
        String text = all.next().wholeText();
        int[] words = tokenizer.encode(text);
        int[] ids = new int[words.length + 2];
        ids[0] = end;
        System.arraycopy(words, 0, ids, 1, words.length);
        ids[ids.length - 1] = end;
        texts.add(ids);
        tokens += ids.length;
        bytes += text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    if (bytes == 0) {
      throw new BadInputException(
          "%s holds no text to measure on: raise data.held_out, or set pretrain.measure.every to 0"
              .formatted(corpus));
    }
    return HeldOutLoss.of(texts, bytes, stage.length(), stage.rows());
  }

  @Override
  public Findings examine(Transformer model, int updates) {
    Map<String, Double> figures = new TreeMap<>();
    heldOut
        .map(loss -> loss.of(model))
        .ifPresent(
            value -> {
              figures.put(HELD_OUT, value.loss());
              figures.put("bits_per_byte", value.bitsPerByte());
            });
    Continuation continuation = new Continuation(TEMPERATURE, endOfText);
    List<Sample> samples = new ArrayList<>();
    for (String prompt : settings.prompts()) {
      int[] ids = prompt(prompt);
      int[] written = continuation.of(model, ids, settings.reply(), updates);
      samples.add(new Sample(prompt, tokenizer.decodeShowingControls(written)));
    }
    return new Findings(figures, samples);
  }

  private int[] prompt(String text) {
    int[] words = tokenizer.encode(text);
    int[] ids = new int[words.length + 1];
    ids[0] = endOfText;
    System.arraycopy(words, 0, ids, 1, words.length);
    return ids;
  }
}
