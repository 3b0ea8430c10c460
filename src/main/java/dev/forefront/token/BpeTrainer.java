package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.BpeModel.Merge;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/**
 * Trains a byte-level vocabulary by byte-pair encoding (Sennrich et al. 2016, algorithm 1): the
 * most frequent pair of neighbours becomes a token, ties going to the smaller ids, until the
 * vocabulary is full. Text is fed piece by piece and only its different words are kept.
 */
public final class BpeTrainer {
  private final BpeSettings settings;
  private final WordCounts counts;

  /** Cuts and counts on all cores. */
  public BpeTrainer(BpeSettings settings) {
    this(settings, Runtime.getRuntime().availableProcessors());
  }

  /**
   * The same vocabulary comes out whatever the number of threads.
   *
   * @param threads that cut texts into words and count these
   */
  public BpeTrainer(BpeSettings settings, int threads) {
    if (threads < 1) {
      throw new BadInputException("a tokenizer is trained by at least 1 thread, not " + threads);
    }
    this.settings = settings;
    counts = new WordCounts(settings.split().patterns(), threads);
  }

  /** Trains on texts with the house's settings. */
  public static BpeModel train(Iterable<String> texts, int vocabularySize) {
    BpeTrainer trainer = new BpeTrainer(BpeSettings.chat(vocabularySize));
    texts.forEach(trainer::feed);
    return trainer.train(merges -> {});
  }

  /** Counts the words of a document. */
  public void feed(String text) {
    counts.add(text);
  }

  /**
   * @param progress hears the number of tokens so far
   * @throws BadInputException where no text was fed
   */
  public BpeModel train(IntConsumer progress) {
    WordTable words = counts.words();
    if (words.size() == 0) {
      throw new BadInputException(
          "there is no text to train a tokenizer on: every document is empty");
    }
    List<String> vocabulary = new ArrayList<>(settings.specials());
    Map<Character, Integer> alphabet = new HashMap<>();
    for (char symbol : alphabet(words)) {
      alphabet.put(symbol, vocabulary.size());
      vocabulary.add(String.valueOf(symbol));
    }
    List<Merge> merges = merge(vocabulary, spelled(words, alphabet), progress);
    return new BpeModel(settings.specials(), vocabulary, merges, settings.split());
  }

  private Collection<Character> alphabet(WordTable words) {
    Set<Character> symbols = new TreeSet<>();
    switch (settings.alphabet()) {
      case ALL_BYTES -> {
        for (int b = 0; b < 256; b++) {
          symbols.add(ByteSymbols.of(b));
        }
      }
      case SEEN_BYTES -> {
        words.forEach(
            (word, count) -> {
              for (char symbol : ByteSymbols.spell(word).toCharArray()) {
                symbols.add(symbol);
              }
            });
      }
    }
    return symbols;
  }

  private static List<BpeWord> spelled(WordTable table, Map<Character, Integer> alphabet) {
    List<BpeWord> words = new ArrayList<>(table.size());
    table.forEach(
        (text, count) -> {
          String spelled = ByteSymbols.spell(text);
          int[] ids = new int[spelled.length()];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = alphabet.getOrDefault(spelled.charAt(i), 0);
          }
          words.add(new BpeWord(ids, count));
        });
    return words;
  }

  private List<Merge> merge(List<String> vocabulary, List<BpeWord> words, IntConsumer progress) {
    Map<String, Integer> known = new HashMap<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      known.put(vocabulary.get(id), id);
    }
    PairCounts pairs = new PairCounts(words);
    List<Merge> merges = new ArrayList<>();
    Set<Long> done = new HashSet<>();
    while (vocabulary.size() < settings.vocabularySize()) {
      PairCounts.Pair best = pairs.best();
      if (best == null || best.count() < settings.minFrequency()) {
        break;
      }
      String left = vocabulary.get(best.left());
      String right = vocabulary.get(best.right());
      // A shared id can bring a merged pair back; it merges again, under the same rule.
      if (done.add(best.key())) {
        merges.add(new Merge(left, right));
      }
      // Two ways to spell one token share its id.
      Integer id = known.get(left + right);
      if (id == null) {
        id = vocabulary.size();
        vocabulary.add(left + right);
        known.put(left + right, id);
      }
      pairs.merge(best, id);
      progress.accept(vocabulary.size());
    }
    return merges;
  }
}
