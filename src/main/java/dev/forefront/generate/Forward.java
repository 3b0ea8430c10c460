package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import dev.forefront.model.Trait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One pass of up to {@link #MOST_ROWS} tokens through the model, whichever sequences they belong
 * to. Owns its working memory: one per thread. What a row gets does not depend on the rows beside
 * it.
 */
final class Forward {
  static final int MOST_ROWS = 128;

  /** Multiplications that one exponential costs as much as. */
  private static final int EXPONENTIAL = 16;

  private final Weights weights;
  private final ModelConfig config;
  private final Team team;
  private final Angles angles;
  private final Attention[] attention;
  private final Scratch[] scratch;
  private final boolean gelu;

  // Rows of the stride that whole panels need.
  private final int wide;
  private final float[] residual;
  private final Inputs normed;
  // What attention and the feed-forward network add to the residual stream.
  private final float[] added;
  private final float[] query;
  private final float[] key;
  private final float[] value;
  private final Inputs mixed;
  private final Inputs gate;
  private final float[] up;
  private final int inner;
  private final int queries;
  private final int keys;

  private final int[] ids = new int[MOST_ROWS];
  private final int[] positions = new int[MOST_ROWS];
  private final List<KeyValueCache> caches = new ArrayList<>(MOST_ROWS);
  private final Onlookers onlookers;
  private volatile Kernels kernels = Kernels.VECTORS;
  private final int group;
  private final RowPairs pairs = new RowPairs(MOST_ROWS);
  private int rows;
  private int written;
  // Positions that the rows look at, as keys and as values.
  private long scored;

  /**
   * @param team whose threads share each operation; this pass is its only caller
   */
  Forward(Weights weights, Team team) {
    this.weights = weights;
    this.team = team;
    config = weights.config();
    angles = new Angles(config, MOST_ROWS);
    attention = new Attention[team.size()];
    Arrays.setAll(attention, member -> new Attention(config));
    scratch = new Scratch[team.size()];
    Arrays.setAll(scratch, member -> new Scratch());
    gelu = config.architecture().has(Trait.GELU);
    group = config.heads() / config.keyValueHeads();
    wide = Panels.padded(config.hiddenSize());
    inner = Panels.padded(config.intermediateSize());
    queries = Panels.padded(config.heads() * config.headSize());
    keys = Panels.padded(config.keyValueHeads() * config.headSize());
    residual = new float[MOST_ROWS * wide];
    normed = new Inputs(MOST_ROWS, wide);
    added = new float[MOST_ROWS * wide];
    query = new float[MOST_ROWS * queries];
    key = new float[MOST_ROWS * keys];
    value = new float[MOST_ROWS * keys];
    mixed = new Inputs(MOST_ROWS, queries);
    gate = new Inputs(MOST_ROWS, inner);
    up = new float[MOST_ROWS * inner];
    onlookers = new Onlookers(MOST_ROWS, config.hiddenSize(), wide);
  }

  /** What is computed with from the next operation on; any thread may say so. */
  void use(Kernels those) {
    kernels = those;
  }

  int rows() {
    return rows;
  }

  /** Ends a pass: nothing of whose tokens were in it is held any longer. */
  void clear() {
    Arrays.fill(ids, 0, rows, 0);
    caches.clear();
    rows = 0;
    written = 0;
    scored = 0;
    onlookers.clear();
  }

  /**
   * Adds a token of a sequence's prompt; rows of one sequence come in order.
   *
   * @return its row
   */
  int read(KeyValueCache cache, int id, @Nullable Watch watch, @Nullable Shown shown) {
    onlookers.add(rows, cache.length(), watch, shown);
    ids[rows] = id;
    positions[rows] = cache.length();
    caches.add(cache);
    cache.advance(1);
    scored += 2L * cache.length();
    return rows++;
  }

  /**
   * Adds a token that a sequence has written, before any that are read. The two may be rounded
   * differently, but each always in the same way.
   */
  int write(KeyValueCache cache, int id, @Nullable Watch watch, @Nullable Shown shown) {
    if (written < rows) {
      throw new IllegalStateException("written tokens come before those that are read");
    }
    written++;
    return read(cache, id, watch, shown);
  }

  /** Runs all rows through all layers. */
  void run() {
    int width = config.hiddenSize();
    normed.written(written);
    mixed.written(written);
    gate.written(written);
    for (int row = 0; row < rows; row++) {
      weights.embedding().read(ids[row], residual, row * wide);
      Plain.scale(residual, row * wide, width, config.embeddingScale());
      angles.place(row, positions[row]);
    }
    pairs.take(caches);
    for (int layer = 0; layer < config.layers(); layer++) {
      attend(layer, weights.layer(layer));
      feedForward(weights.layer(layer));
      onlookers.look(layer, residual, rows);
    }
  }

  /** What the probe of a row read after {@link #run}, one logit for each head; a new array. */
  float[] readings(int row) {
    return onlookers.readings(row);
  }

  /**
   * Logits of some rows after {@link #run}, one below the other.
   *
   * @param which rows, ascending
   * @param out at least {@code Panels.padded(vocabulary)} numbers for each of them
   */
  void logits(List<Integer> which, float[] out) {
    int width = config.hiddenSize();
    normed.written((int) which.stream().filter(row -> row < written).count());
    for (int i = 0; i < which.size(); i++) {
      // What an earlier row left there is not needed any more.
      norm(residual, which.get(i) * wide, weights.norm(), normed.numbers(), i * wide, width);
    }
    int stride = Panels.padded(config.vocabularySize());
    multiply(weights.head(), normed, which.size(), out, stride);
    float cap = (float) config.logitCap();
    if (cap > 0) {
      for (int i = 0; i < which.size() * stride; i++) {
        out[i] = cap * (float) Math.tanh(out[i] / cap);
      }
    }
  }

  private void multiply(Panels w, Inputs x, int count, float[] y, int yStride) {
    prepare(x, w);
    team.run(
        w.parts(count),
        work(w, count),
        (part, member) -> multiply(w, part, x, count, y, yStride, member));
  }

  private void multiply(
      Panels w, int part, Inputs x, int count, float[] y, int yStride, int member) {
    if (kernels == Kernels.PLAIN) {
      w.multiplyPlainly(part, x, count, y, yStride, scratch[member]);
    } else {
      w.multiply(part, x, count, y, yStride, scratch[member]);
    }
  }

  /** Makes written rows ready for those who are multiplied by them, once for neighbours alike. */
  private void prepare(Inputs x, Panels... by) {
    WrittenRows last = null;
    for (Panels w : by) {
      if (w instanceof CodePanels codes && codes.written(x) != last) {
        int count = x.written();
        x.room(codes);
        team.run(count, (long) count * w.inputs(), (row, member) -> x.prepare(row, codes));
        last = codes.written(x);
      }
    }
  }

  private static long work(Panels w, int rows) {
    return (long) rows * w.outputs() * w.inputs();
  }

  /** Something small for each row. */
  private void each(IntConsumer row) {
    team.run(rows, 64L * rows * config.hiddenSize(), (part, member) -> row.accept(part));
  }

  private void attend(int layer, Weights.Layer w) {
    each(row -> normTo(row, w.attentionNorm()));
    prepare(normed, w.query(), w.key(), w.value());
    int afterQueries = w.query().parts(rows);
    int afterKeys = afterQueries + w.key().parts(rows);
    team.run(
        afterKeys + w.value().parts(rows),
        work(w.query(), rows) + 2 * work(w.key(), rows),
        (part, member) -> {
          if (part < afterQueries) {
            multiply(w.query(), part, normed, rows, query, queries, member);
          } else if (part < afterKeys) {
            multiply(w.key(), part - afterQueries, normed, rows, key, keys, member);
          } else {
            multiply(w.value(), part - afterKeys, normed, rows, value, keys, member);
          }
        });
    each(
        row -> {
          prepare(row, layer, w);
          int at = row * keys;
          int page = positions[row] / KeyValueCache.PAGE;
          int within = positions[row] % KeyValueCache.PAGE;
          caches.get(row).page(page).store(layer, within, key, at, value, at);
        });
    // The longest rows come first, so that nobody waits for them at the end.
    int ofRow = config.keyValueHeads() * (group / 2);
    int twos = rows * ofRow;
    int ones = group % 2 * config.keyValueHeads() * pairs.count();
    team.run(
        twos + ones,
        scored * config.heads() * config.headSize(),
        (part, member) -> {
          if (part < twos) {
            attendTwoHeads(layer, rows - 1 - part / ofRow, part % ofRow, attention[member]);
          } else {
            int pair = pairs.count() - 1 - (part - twos) / config.keyValueHeads();
            attendTwoRows(layer, pair, (part - twos) % config.keyValueHeads(), attention[member]);
          }
        });
    multiply(w.out(), mixed, rows, added, wide);
    each(row -> addToResidual(row, w.afterAttention()));
  }

  /**
   * Two query heads of a row.
   *
   * @param two which of the row's pairs of heads that share a key-value head
   */
  private void attendTwoHeads(int layer, int row, int two, Attention by) {
    int keyValueHead = two / (group / 2);
    int head = keyValueHead * group + two % (group / 2) * 2;
    int at = row * queries + head * config.headSize();
    by.ask(layer, positions[row], at);
    by.ask(layer, positions[row], at + config.headSize());
    by.answer(kernels, caches.get(row), layer, keyValueHead, query, mixed.numbers());
  }

  /** Of a key-value head the query head that no other shares a kernel with, for two rows. */
  private void attendTwoRows(int layer, int pair, int keyValueHead, Attention by) {
    int head = keyValueHead * group + group - 1;
    int row = pairs.first(pair);
    by.ask(layer, positions[row], row * queries + head * config.headSize());
    if (pairs.isOfTwo(pair)) {
      by.ask(layer, positions[row + 1], (row + 1) * queries + head * config.headSize());
    }
    by.answer(kernels, caches.get(row), layer, keyValueHead, query, mixed.numbers());
  }

  /** Bias, head norms and rotation of one row's queries and keys. */
  private void prepare(int row, int layer, Weights.Layer w) {
    int size = config.headSize();
    int q = row * queries;
    int k = row * keys;
    float[] bias = w.bias();
    if (bias != null) {
      int queryWidth = config.heads() * size;
      int keyWidth = config.keyValueHeads() * size;
      Plain.add(bias, 0, query, q, queryWidth);
      Plain.add(bias, queryWidth, key, k, keyWidth);
      Plain.add(bias, queryWidth + keyWidth, value, k, keyWidth);
    }
    float[] queryNorm = w.queryNorm();
    float[] keyNorm = w.keyNorm();
    if (config.architecture().has(Trait.WIDTH_NORM) && queryNorm != null && keyNorm != null) {
      norm(query, q, queryNorm, query, q, config.heads() * size);
      norm(key, k, keyNorm, key, k, config.keyValueHeads() * size);
      queryNorm = null;
      keyNorm = null;
    }
    for (int head = 0; head < config.heads(); head++) {
      if (queryNorm != null) {
        norm(query, q + head * size, queryNorm, query, q + head * size, size);
      }
      angles.rotate(layer, row, query, q + head * size);
    }
    for (int head = 0; head < config.keyValueHeads(); head++) {
      if (keyNorm != null) {
        norm(key, k + head * size, keyNorm, key, k + head * size, size);
      }
      angles.rotate(layer, row, key, k + head * size);
    }
  }

  private void feedForward(Weights.Layer w) {
    each(row -> normTo(row, w.feedForwardNorm()));
    prepare(normed, w.gate(), w.up());
    int gates = w.gate().parts(rows);
    team.run(
        2 * gates,
        2 * work(w.gate(), rows),
        (part, member) -> {
          if (part < gates) {
            multiply(w.gate(), part, normed, rows, gate.numbers(), inner, member);
          } else {
            multiply(w.up(), part - gates, normed, rows, up, inner, member);
          }
        });
    int panels = w.gate().count();
    team.run(
        panels,
        (long) panels * rows * Panels.WIDTH * EXPONENTIAL,
        (panel, member) -> activate(panel));
    multiply(w.down(), gate, rows, added, wide);
    each(row -> addToResidual(row, w.afterFeedForward()));
  }

  /** The activation of a panel's outputs. */
  private void activate(int panel) {
    for (int row = 0; row < rows; row++) {
      int at = row * inner + panel * Panels.WIDTH;
      activate(kernels, gelu, gate.numbers(), up, at, Panels.WIDTH);
    }
  }

  /** {@code gate} becomes its activation times {@code up}. */
  static void activate(
      Kernels kernels, boolean gelu, float[] gate, float[] up, int at, int length) {
    if (kernels == Kernels.PLAIN) {
      if (gelu) {
        Plain.geglu(gate, at, up, at, length);
      } else {
        Plain.swiglu(gate, at, up, at, length);
      }
    } else if (gelu) {
      Vectors.geglu(gate, at, up, at, length);
    } else {
      Vectors.swiglu(gate, at, up, at, length);
    }
  }

  private void normTo(int row, float @Nullable [] weight) {
    int at = row * wide;
    if (weight == null) {
      System.arraycopy(residual, at, normed.numbers(), at, wide);
    } else {
      norm(residual, at, weight, normed.numbers(), at, config.hiddenSize());
    }
  }

  private void addToResidual(int row, float @Nullable [] weight) {
    int at = row * wide;
    if (weight != null) {
      norm(added, at, weight, added, at, config.hiddenSize());
    }
    Plain.add(added, at, residual, at, config.hiddenSize());
  }

  private void norm(float[] x, int at, float[] weight, float[] out, int outAt, int length) {
    double squares = Plain.squares(x, at, length);
    float scale = (float) (1 / Math.sqrt(squares / length + config.normEpsilon()));
    for (int i = 0; i < length; i++) {
      out[outAt + i] = x[at + i] * scale * weight[i];
    }
  }
}
