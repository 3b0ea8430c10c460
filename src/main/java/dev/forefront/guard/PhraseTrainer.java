package dev.forefront.guard;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Trains a {@link PhraseHead} on the logistic loss, by AdamW (Loshchilov and Hutter 2019) with the
 * gradients written out. Words' vectors stay as they are; words, numbers of a vector, of what was
 * pooled and of the hidden layer are left out or blurred at random while it learns, so that it
 * relies on no single one. One thread; the same examples and seed give the same bits.
 */
final class PhraseTrainer {
  /** How many answers it learns; the first is whether a request is harmful, and alone is kept. */
  static final int ANSWERS = 3;

  private static final int WIDTH = PhraseNet.WIDTH;
  private static final int OTHERS = PhraseNet.SIZE;
  private static final int PROJECT = OTHERS + (ANSWERS - 1) * (WIDTH + 1);
  static final int SIZE = PROJECT + WIDTH * WIDTH + WIDTH;

  /** Passes over all texts; more of them learn how requests by rule are made. */
  static final int EPOCHS = 2;

  private static final int BATCH = 128;
  private static final int WARM_UP = 200;
  private static final double RATE = 2e-3;
  private static final double LEAST_RATE = 0.02;
  private static final double DECAY = 0.01;
  private static final double STEEPEST = 5;
  private static final float DROP = 0.3f;
  private static final float DROP_WORD = 0.1f;
  private static final float BLUR = 0.1f;

  /**
   * @param words numbers of the words that are known, at least one
   * @param targets probability of each answer; NaN where nobody knows
   * @param weights what an error of each answer costs
   */
  record Example(int[] words, float[] targets, float[] weights) {}

  private final float[] vectors;
  private final SplittableRandom random;
  private final float[] weights = new float[SIZE];
  private final float[] gradient = new float[SIZE];
  private final float[] mean = new float[SIZE];
  private final float[] square = new float[SIZE];
  private final PhraseNet.Pass pass = new PhraseNet.Pass();
  private final float[] sums = new float[WIDTH];
  private final float[] hiddenMoves = new float[WIDTH];
  private final float[] pooledMoves = new float[PhraseNet.POOLED];
  private final float[] pooledKept = new float[PhraseNet.POOLED];
  private final float[] hiddenKept = new float[WIDTH];
  private float[] seen = new float[0];
  private float[] said = new float[0];
  private float[] saidMoves = new float[0];

  /**
   * @param vectors {@link PhraseNet#WIDTH} numbers for each word
   */
  PhraseTrainer(float[] vectors, long seed) {
    this.vectors = vectors;
    random = new SplittableRandom(seed);
    begin(PhraseNet.PAIR, PhraseNet.TRIPLE, 2 * WIDTH);
    begin(PhraseNet.TRIPLE, PhraseNet.HIDDEN, 3 * WIDTH);
    begin(PhraseNet.HIDDEN, PhraseNet.ANSWER, PhraseNet.POOLED);
    begin(PhraseNet.ANSWER, SIZE, WIDTH);
  }

  private void begin(int from, int to, int inputs) {
    for (int at = from; at < to; at++) {
      weights[at] = (float) ((2 * random.nextDouble() - 1) / Math.sqrt(inputs));
    }
  }

  float[] weights() {
    return weights;
  }

  float[] gradient() {
    return gradient;
  }

  void train(List<Example> examples, int epochs) {
    int[] order = new int[examples.size()];
    Arrays.setAll(order, at -> at);
    int steps = Math.max(1, epochs * order.length / BATCH);
    double warmUp = Math.min(WARM_UP, Math.max(1, steps / 10));
    int step = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int at = order.length - 1; at > 0; at--) {
        int other = random.nextInt(at + 1);
        int swapped = order[at];
        order[at] = order[other];
        order[other] = swapped;
      }
      for (int from = 0; from < order.length; from += BATCH) {
        int to = Math.min(order.length, from + BATCH);
        for (int at = from; at < to; at++) {
          learn(examples.get(order[at]), 1f / (to - from), random);
        }
        double left = Math.max(LEAST_RATE, 1 - step / (double) steps);
        step++;
        move(step, RATE * left * Math.min(1, step / warmUp));
      }
    }
  }

  /**
   * The words of trained vectors with what they say, as they are stored.
   *
   * @param words in the order of the vectors
   */
  PhraseHead head(List<String> words) {
    float[] all = new float[vectors.length];
    float[] steps = new float[WIDTH];
    for (int number = 0; number < words.size(); number++) {
      say(vectors, number * WIDTH, all, number * WIDTH);
      for (int at = 0; at < WIDTH; at++) {
        steps[at] = Math.max(steps[at], all[number * WIDTH + at] / 255);
      }
    }
    byte[] bytes = new byte[all.length];
    for (int at = 0; at < bytes.length; at++) {
      float step = steps[at % WIDTH];
      bytes[at] = (byte) (step == 0 ? 0 : Math.min(255, Math.round(all[at] / step)));
    }
    return new PhraseHead(words, bytes, steps, Arrays.copyOf(weights, PhraseNet.SIZE));
  }

  private void say(float[] from, int at, float[] to, int toAt) {
    System.arraycopy(weights, PROJECT + WIDTH * WIDTH, sums, 0, WIDTH);
    PhraseNet.layer(weights, PROJECT, from, at, WIDTH, sums);
    for (int one = 0; one < WIDTH; one++) {
      to[toAt + one] = Math.max(0, sums[one]);
    }
  }

  private static int answerAt(int answer) {
    return answer == 0 ? PhraseNet.ANSWER : OTHERS + (answer - 1) * (WIDTH + 1);
  }

  /**
   * Adds an example's gradient.
   *
   * @param share of the batch
   * @param blur leaves out and blurs; null for the plain gradient
   * @return the loss
   */
  double learn(Example example, float share, @Nullable SplittableRandom blur) {
    int length = example.words().length;
    if (seen.length < length * WIDTH) {
      seen = new float[length * WIDTH];
      said = new float[length * WIDTH];
      saidMoves = new float[length * WIDTH];
    }
    look(example.words(), blur);
    PhraseNet.pool(weights, said, length, pass);
    drop(pass.pooled, pooledKept, blur);
    PhraseNet.hide(weights, pass);
    drop(pass.hidden, hiddenKept, blur);
    Arrays.fill(hiddenMoves, 0);
    double loss = 0;
    for (int answer = 0; answer < ANSWERS; answer++) {
      float target = example.targets()[answer];
      if (!Float.isNaN(target)) {
        loss += answered(answer, target, example.weights()[answer] * share);
      }
    }
    throughHidden();
    throughPool(length);
    throughWords(length);
    return loss;
  }

  private void look(int[] words, @Nullable SplittableRandom blur) {
    for (int place = 0; place < words.length; place++) {
      int from = place * WIDTH;
      if (blur != null && blur.nextFloat() < DROP_WORD) {
        Arrays.fill(seen, from, from + WIDTH, 0);
      } else {
        System.arraycopy(vectors, words[place] * WIDTH, seen, from, WIDTH);
      }
      if (blur != null) {
        for (int at = 0; at < WIDTH; at++) {
          seen[from + at] += BLUR * (float) blur.nextGaussian();
        }
      }
      say(seen, from, said, from);
    }
  }

  private static void drop(float[] numbers, float[] kept, @Nullable SplittableRandom blur) {
    for (int at = 0; at < numbers.length; at++) {
      kept[at] = blur == null ? 1 : blur.nextFloat() < DROP ? 0 : 1 / (1 - DROP);
      numbers[at] *= kept[at];
    }
  }

  private double answered(int answer, float target, float cost) {
    int from = answerAt(answer);
    double logOdds = PhraseNet.answer(weights, from, pass);
    float error = cost * (float) (TextHeads.probability(logOdds) - target);
    for (int at = 0; at < WIDTH; at++) {
      gradient[from + at] += error * pass.hidden[at];
      hiddenMoves[at] += error * weights[from + at];
    }
    gradient[from + WIDTH] += error;
    double softplus = Math.max(logOdds, 0) + Math.log1p(Math.exp(-Math.abs(logOdds)));
    return cost * (softplus - target * logOdds);
  }

  private void throughHidden() {
    int bias = PhraseNet.HIDDEN + PhraseNet.POOLED * WIDTH;
    for (int at = 0; at < WIDTH; at++) {
      hiddenMoves[at] = pass.hidden[at] > 0 ? hiddenMoves[at] * hiddenKept[at] : 0;
      gradient[bias + at] += hiddenMoves[at];
    }
    for (int in = 0; in < PhraseNet.POOLED; in++) {
      int row = PhraseNet.HIDDEN + in * WIDTH;
      pooledMoves[in] = 0;
      if (pass.pooled[in] != 0) {
        addRow(gradient, row, pass.pooled[in], hiddenMoves, 0);
        pooledMoves[in] = dot(weights, row, hiddenMoves) * pooledKept[in];
      } else if (in >= 3 * WIDTH) {
        // The mean has no kink at 0.
        pooledMoves[in] = dot(weights, row, hiddenMoves) * pooledKept[in];
      }
    }
  }

  private void throughPool(int length) {
    for (int at = 0; at < length * WIDTH; at++) {
      saidMoves[at] = pooledMoves[3 * WIDTH + at % WIDTH] / length;
    }
    for (int filter = 0; filter < WIDTH; filter++) {
      int place = pass.places[filter];
      if (place >= 0) {
        saidMoves[place * WIDTH + filter] += pooledMoves[filter];
      }
      throughFilter(PhraseNet.PAIR, 2, 0, filter, WIDTH + filter, length);
      throughFilter(PhraseNet.TRIPLE, 3, -1, filter, 2 * WIDTH + filter, length);
    }
  }

  /**
   * @param first the first word that it reads, counted from its place
   */
  private void throughFilter(int from, int reads, int first, int filter, int in, int length) {
    float move = pooledMoves[in];
    if (move == 0 || pass.places[in] < 0) {
      return;
    }
    gradient[from + reads * WIDTH * WIDTH + filter] += move;
    for (int read = 0; read < reads; read++) {
      int place = pass.places[in] + first + read;
      if (place >= 0 && place < length) {
        for (int at = 0; at < WIDTH; at++) {
          int weight = from + (read * WIDTH + at) * WIDTH + filter;
          float word = said[place * WIDTH + at];
          // What a word does not say is not moved by it either: below 0 it is cut off.
          if (word > 0) {
            gradient[weight] += move * word;
            saidMoves[place * WIDTH + at] += move * weights[weight];
          }
        }
      }
    }
  }

  private void throughWords(int length) {
    for (int place = 0; place < length; place++) {
      int from = place * WIDTH;
      for (int at = 0; at < WIDTH; at++) {
        saidMoves[from + at] = said[from + at] > 0 ? saidMoves[from + at] : 0;
      }
      for (int at = 0; at < WIDTH; at++) {
        addRow(gradient, PROJECT + at * WIDTH, seen[from + at], saidMoves, from);
      }
      addRow(gradient, PROJECT + WIDTH * WIDTH, 1, saidMoves, from);
    }
  }

  private static void addRow(float[] to, int at, float share, float[] row, int from) {
    Rows.add(WIDTH, to, at, share, row, from);
  }

  private static float dot(float[] weights, int from, float[] moves) {
    float even = 0;
    float odd = 0;
    for (int at = 0; at < WIDTH; at += 2) {
      even += weights[from + at] * moves[at];
      odd += weights[from + at + 1] * moves[at + 1];
    }
    return even + odd;
  }

  private void move(int step, double rate) {
    double norm = 0;
    for (float one : gradient) {
      norm += one * one;
    }
    float share = (float) Math.min(1, STEEPEST / (Math.sqrt(norm) + 1e-6));
    double first = rate / (1 - Math.pow(0.9, step));
    double second = 1 / (1 - Math.pow(0.999, step));
    for (int at = 0; at < SIZE; at++) {
      float slope = gradient[at] * share;
      mean[at] = 0.9f * mean[at] + 0.1f * slope;
      square[at] = 0.999f * square[at] + 0.001f * slope * slope;
      weights[at] -= (float) (rate * DECAY * weights[at]);
      weights[at] -= (float) (first * mean[at] / (Math.sqrt(square[at] * second) + 1e-8));
    }
    Arrays.fill(gradient, 0);
  }
}
