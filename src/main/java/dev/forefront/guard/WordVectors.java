package dev.forefront.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A vector for each word, learnt from unlabelled texts: words that stand among the same words come
 * to lie near each other (skip-gram with negative sampling, Mikolov et al. 2013), so that what is
 * learnt about "strangle" is half known about "choke". One thread; the same texts and seed give the
 * same bits.
 */
final class WordVectors {
  /**
   * @param width numbers of a vector
   * @param epochs passes over the texts
   * @param fewest times that a word must be read
   * @param most words, the most frequent ones
   * @param reach words on either side that belong together, at most
   * @param frequent share of a text from which on a word is often passed over
   */
  record Settings(
      int width, int epochs, int fewest, int most, int reach, double frequent, long seed) {
    static Settings standard(long seed) {
      return new Settings(PhraseNet.WIDTH, 3, 5, 50_000, 5, 1e-4, seed);
    }
  }

  private static final int NEGATIVES = 5;
  private static final float RATE = 0.05f;
  private static final float LEAST_RATE = 1e-4f;
  private static final int DRAWS = 1 << 20;
  private static final float STEEPEST = 8;
  private static final int SENTENCE_END = -1;
  // All words share a direction that says nothing; the frequent ones show it best.
  private static final int COMMON = 20_000;
  private static final float LENGTH = 3;

  private final List<String> words;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final int width;
  private final float[] vectors;

  private WordVectors(List<String> words, int width, float[] vectors) {
    this.words = List.copyOf(words);
    this.width = width;
    this.vectors = vectors;
    words.forEach(word -> numbers.put(word, numbers.size()));
  }

  /**
   * Learns from texts, as a guard reads their words.
   *
   * @param words hears how many words it learns
   */
  static WordVectors of(Stream<String> texts, Settings settings, IntConsumer words) {
    Reading reading = new Reading();
    texts.forEach(reading::text);
    return of(reading, settings, words);
  }

  static WordVectors of(Reading reading, Settings settings, IntConsumer words) {
    Learning learning = new Learning(reading, settings);
    words.accept(learning.counts.length);
    return learning.learn();
  }

  /** All words, the most frequent first; a word's number is its place. */
  List<String> words() {
    return words;
  }

  /** The number of a word, or -1. */
  int number(String word) {
    return numbers.getOrDefault(word, -1);
  }

  /** All vectors in the order of their words. */
  float[] vectors() {
    return vectors;
  }

  /** Cosine of two known words' vectors. */
  double alike(String one, String other) {
    int first = number(one) * width;
    int second = number(other) * width;
    return dot(vectors, first, vectors, second, width) / (LENGTH * LENGTH);
  }

  /** The texts as numbers of words. */
  static final class Reading {
    private final Map<String, Integer> numbers;
    private int[] counts;
    private int[] tokens;
    private int size;

    Reading() {
      numbers = new HashMap<>();
      counts = new int[1 << 16];
      tokens = new int[1 << 20];
    }

    /** What another read; what is read on does not change it. */
    Reading(Reading read) {
      numbers = new HashMap<>(read.numbers);
      counts = read.counts.clone();
      tokens = read.tokens.clone();
      size = read.size;
    }

    void text(String text) {
      GuardTraining.words(text).forEach(word -> add(number(word)));
      add(SENTENCE_END);
    }

    private int number(String word) {
      int number = numbers.computeIfAbsent(word, none -> numbers.size());
      if (number == counts.length) {
        counts = Arrays.copyOf(counts, number * 2);
      }
      counts[number]++;
      return number;
    }

    private void add(int token) {
      if (size == tokens.length) {
        tokens = Arrays.copyOf(tokens, size + size / 2);
      }
      tokens[size++] = token;
    }
  }

  private static final class Learning {
    private final Settings settings;
    private final SplittableRandom random;
    private final List<String> words = new ArrayList<>();
    private final int[] counts;
    private final int[] tokens;
    private final float[] keep;
    private final int[] draws = new int[DRAWS];
    private final int width;
    private final float[] in;
    private final float[] out;
    private final float[] step;
    private long read;

    Learning(Reading reading, Settings settings) {
      this.settings = settings;
      random = new SplittableRandom(settings.seed());
      width = settings.width();
      step = new float[width];
      reading.numbers.entrySet().stream()
          .filter(entry -> reading.counts[entry.getValue()] >= settings.fewest())
          .sorted(
              Comparator.<Map.Entry<String, Integer>>comparingInt(
                      entry -> -reading.counts[entry.getValue()])
                  .thenComparing(Map.Entry::getKey))
          .filter(entry -> PhraseFile.holds(entry.getKey()))
          .limit(settings.most())
          .forEach(entry -> words.add(entry.getKey()));
      counts = new int[words.size()];
      int[] renumbered = new int[reading.numbers.size()];
      Arrays.fill(renumbered, SENTENCE_END - 1);
      for (int number = 0; number < counts.length; number++) {
        int before = reading.numbers.getOrDefault(words.get(number), 0);
        counts[number] = reading.counts[before];
        renumbered[before] = number;
      }
      tokens = known(reading, renumbered);
      keep = new float[counts.length];
      in = new float[counts.length * width];
      out = new float[in.length];
      prepare();
    }

    private static int[] known(Reading reading, int[] renumbered) {
      int[] tokens = new int[reading.size];
      int size = 0;
      for (int at = 0; at < reading.size; at++) {
        int token = reading.tokens[at];
        int known = token == SENTENCE_END ? token : renumbered[token];
        if (known >= SENTENCE_END) {
          tokens[size++] = known;
        }
      }
      return Arrays.copyOf(tokens, size);
    }

    private void prepare() {
      double all = Arrays.stream(counts).asLongStream().sum();
      double mass = 0;
      for (int number = 0; number < counts.length; number++) {
        double rarity = settings.frequent() * all / counts[number];
        keep[number] = (float) (Math.sqrt(rarity) + rarity);
        mass += Math.pow(counts[number], 0.75);
      }
      double sum = 0;
      int number = 0;
      for (int at = 0; at < DRAWS && counts.length > 0; at++) {
        while (number < counts.length - 1
            && sum + Math.pow(counts[number], 0.75) < mass * at / DRAWS) {
          sum += Math.pow(counts[number++], 0.75);
        }
        draws[at] = number;
      }
      for (int at = 0; at < in.length; at++) {
        in[at] = (random.nextFloat() - 0.5f) / width;
      }
    }

    WordVectors learn() {
      int[] kept = new int[1024];
      for (int epoch = 0; epoch < settings.epochs() && counts.length > 1; epoch++) {
        int size = 0;
        for (int token : tokens) {
          read++;
          if (token != SENTENCE_END && random.nextFloat() < keep[token]) {
            kept[size++] = token;
          }
          if (token == SENTENCE_END || size == kept.length) {
            sentence(kept, size);
            size = 0;
          }
        }
        sentence(kept, size);
      }
      return scaled();
    }

    private void sentence(int[] kept, int size) {
      float rate =
          Math.max(LEAST_RATE, RATE * (1 - read / ((float) tokens.length * settings.epochs())));
      for (int at = 0; at < size; at++) {
        int reach = 1 + random.nextInt(settings.reach());
        for (int near = Math.max(0, at - reach); near < Math.min(size, at + reach + 1); near++) {
          if (near != at) {
            pair(kept[at], kept[near], rate);
          }
        }
      }
    }

    private void pair(int word, int beside, float rate) {
      int from = word * width;
      Arrays.fill(step, 0);
      for (int draw = 0; draw <= NEGATIVES; draw++) {
        int other = draw == 0 ? beside : draws[random.nextInt() & DRAWS - 1];
        if (draw > 0 && other == beside) {
          continue;
        }
        int to = other * width;
        float logit = dot(in, from, out, to, width);
        float probability =
            logit > STEEPEST ? 1 : logit < -STEEPEST ? 0 : (float) TextHeads.probability(logit);
        float move = rate * ((draw == 0 ? 1 : 0) - probability);
        Rows.add(width, step, 0, move, out, to);
        Rows.add(width, out, to, move, in, from);
      }
      Rows.add(width, in, from, 1, step, 0);
    }

    /** Without what all words share, and all of one length. */
    private WordVectors scaled() {
      float[] mean = new float[width];
      int common = Math.min(COMMON, counts.length);
      for (int at = 0; at < common * width; at++) {
        mean[at % width] += in[at] / common;
      }
      for (int from = 0; from < in.length; from += width) {
        for (int at = 0; at < width; at++) {
          in[from + at] -= mean[at];
        }
        float share = (float) (LENGTH / (Math.sqrt(dot(in, from, in, from, width)) + 1e-9));
        for (int at = 0; at < width; at++) {
          in[from + at] *= share;
        }
      }
      return new WordVectors(words, width, in);
    }
  }

  private static float dot(float[] one, int from, float[] other, int otherFrom, int width) {
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    int at = 0;
    for (; at + 3 < width; at += 4) {
      first += one[from + at] * other[otherFrom + at];
      second += one[from + at + 1] * other[otherFrom + at + 1];
      third += one[from + at + 2] * other[otherFrom + at + 2];
      fourth += one[from + at + 3] * other[otherFrom + at + 3];
    }
    for (; at < width; at++) {
      first += one[from + at] * other[otherFrom + at];
    }
    return first + second + (third + fourth);
  }
}
