package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Grouped-query attention over a sequence's cache, of one query or of two that share a key-value
 * head: two heads of a row, or one head of two rows. What a query gets does not depend on the
 * other. Owns its working memory: one per thread.
 */
final class Attention {
  private static final int LANES = Panels.LANES;
  private static final int PAGE = KeyValueCache.PAGE;

  /** One head of a row: it sees the positions from {@code start} to before {@code end}. */
  private static final class Query {
    // Of its numbers, in queries and in what they get.
    private int at;
    private int start;
    private int end;
  }

  private final ModelConfig config;
  private final int size;
  private final float scale;
  private final Query[] asked = {new Query(), new Query()};
  private int count;
  // Of one or two queries, one after the other.
  private float[] scores = new float[0];
  private int stride;
  // One head's keys or values of a page that has them in other numbers.
  private final float[] opened;

  Attention(ModelConfig config) {
    this.config = config;
    size = config.headSize();
    opened = new float[size * PAGE];
    scale = (float) (1 / Math.sqrt(config.attending().queryScalar()));
  }

  /**
   * Takes a query, or a second one whose row is the same or a later one.
   *
   * @param position of its row; it sees its own and those before it, as far as the layer's window
   * @param at where its numbers stand, and those that it gets
   */
  void ask(int layer, int position, int at) {
    int window = config.attending().window(layer);
    Query query = asked[count++];
    query.at = at;
    query.start = window == 0 ? 0 : Math.max(0, position + 1 - window);
    query.end = position + 1;
  }

  /**
   * Answers who asked.
   *
   * @param queries numbers of the queries, {@link #ask where they said}
   * @param out gets numbers at the same places
   */
  void answer(
      Kernels kernels,
      KeyValueCache cache,
      int layer,
      int keyValueHead,
      float[] queries,
      float[] out) {
    try {
      look(kernels, cache, layer, keyValueHead, queries, out);
    } finally {
      count = 0;
    }
  }

  private void look(
      Kernels kernels,
      KeyValueCache cache,
      int layer,
      int keyValueHead,
      float[] queries,
      float[] out) {
    Query first = asked[0];
    Query last = asked[count - 1];
    room(last.end);
    for (int page = first.start / PAGE; page * PAGE < last.end; page++) {
      CachePage kept = cache.page(page);
      float[] keys = kept.keys(layer, keyValueHead, opened);
      int keyAt = keys == opened ? 0 : kept.at(keyValueHead);
      if (kernels == Kernels.PLAIN) {
        scorePlainly(keys, keyAt, queries, page * PAGE);
      } else if (count == 2) {
        scoreTwo(keys, keyAt, queries, first.at, last.at, page * PAGE);
      } else {
        score(keys, keyAt, queries, first.at, page * PAGE);
      }
    }
    for (int one = 0; one < count; one++) {
      Query query = asked[one];
      int at = one * stride;
      cap(at, query.start, query.end);
      if (kernels == Kernels.PLAIN) {
        softmaxPlainly(at + query.start, at + query.end);
      } else {
        float sum = softmax(at, query.start, query.end);
        normalize(at, query.start, query.end, 1 / sum);
      }
      Arrays.fill(out, query.at, query.at + size, 0);
    }
    for (int page = first.start / PAGE; page * PAGE < last.end; page++) {
      int from = Math.max(first.start, page * PAGE);
      int to = Math.min(last.end, (page + 1) * PAGE);
      CachePage kept = cache.page(page);
      int place = from - page * PAGE;
      float[] values = kept.values(layer, keyValueHead, place, to - page * PAGE, opened);
      int base = values == opened ? 0 : kept.at(keyValueHead);
      weigh(kernels, values, base, page * PAGE, from, to, out);
    }
  }

  /**
   * Adds up a page's values: what the first query alone sees, what both see, what the last does.
   */
  private void weigh(
      Kernels kernels, float[] values, int base, int page, int from, int to, float[] out) {
    Query first = asked[0];
    Query last = asked[count - 1];
    if (kernels == Kernels.PLAIN || count == 1) {
      for (int one = 0; one < count; one++) {
        weigh(kernels, values, base, page, one, from, to, out);
      }
      return;
    }
    int bothFrom = Math.clamp(last.start, from, to);
    int bothTo = Math.clamp(first.end, bothFrom, to);
    weigh(kernels, values, base, page, 0, from, bothFrom, out);
    int valueAt = base + (bothFrom - page) * size;
    weighTwo(values, valueAt, bothFrom, bothTo - bothFrom, out, first.at, last.at);
    weigh(kernels, values, base, page, 1, bothTo, to, out);
  }

  /** Likewise of one query, as far as it sees. */
  private void weigh(
      Kernels kernels, float[] values, int base, int page, int one, int from, int to, float[] out) {
    Query query = asked[one];
    int first = Math.max(from, query.start);
    int seen = Math.min(to, query.end) - first;
    if (seen <= 0) {
      return;
    }
    int valueAt = base + (first - page) * size;
    int scoreAt = one * stride + first;
    if (kernels == Kernels.PLAIN) {
      Plain.chain(values, valueAt, size, seen, scores, scoreAt, out, query.at, size);
    } else {
      weigh(values, valueAt, scoreAt, seen, out, query.at, 0);
    }
  }

  private void room(int length) {
    int needed = (length + PAGE - 1) / PAGE * PAGE;
    if (needed > stride) {
      // Doubled, so that a long reply does not make a new one for each page.
      stride = Math.max(needed, Math.min(2 * stride, config.contextLength() + PAGE) / PAGE * PAGE);
      scores = new float[2 * stride];
    }
  }

  /** Scores of a page's positions that are seen. */
  private void scorePlainly(float[] keys, int base, float[] queries, int page) {
    for (int one = 0; one < count; one++) {
      int seen = Math.min(PAGE, asked[one].end - page);
      if (seen > 0) {
        int to = one * stride + page;
        Arrays.fill(scores, to, to + seen, 0);
        Plain.chain(keys, base, PAGE, size, queries, asked[one].at, scores, to, seen);
        for (int i = to; i < to + seen; i++) {
          scores[i] *= scale;
        }
      }
    }
  }

  private void softmaxPlainly(int from, int to) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      most = Math.max(most, scores[i]);
    }
    for (int i = from; i < to; i++) {
      scores[i] = Plain.exp(scores[i] - most);
    }
    float factor = 1 / Plain.sum(scores, from, to - from);
    for (int i = from; i < to; i++) {
      scores[i] *= factor;
    }
  }

  private void score(float[] keys, int base, float[] query, int at, int to) {
    for (int from = 0; from < PAGE; from += 4 * LANES) {
      FloatVector a = FloatVector.zero(Species.FLOATS);
      FloatVector b = a;
      FloatVector c = a;
      FloatVector d = a;
      int keyAt = base + from;
      for (int i = 0; i < size; i++, keyAt += PAGE) {
        FloatVector q = Chain.broadcast(query[at + i]);
        a = Chain.at(keys, keyAt, 0).fma(q, a);
        b = Chain.at(keys, keyAt, 1).fma(q, b);
        c = Chain.at(keys, keyAt, 2).fma(q, c);
        d = Chain.at(keys, keyAt, 3).fma(q, d);
      }
      Chain.store(a.mul(scale), b.mul(scale), c.mul(scale), d.mul(scale), scores, to + from);
    }
  }

  private void scoreTwo(float[] keys, int base, float[] query, int at0, int at1, int to) {
    for (int from = 0; from < PAGE; from += 4 * LANES) {
      FloatVector a0 = FloatVector.zero(Species.FLOATS);
      FloatVector b0 = a0;
      FloatVector c0 = a0;
      FloatVector d0 = a0;
      FloatVector a1 = a0;
      FloatVector b1 = a0;
      FloatVector c1 = a0;
      FloatVector d1 = a0;
      int keyAt = base + from;
      for (int i = 0; i < size; i++, keyAt += PAGE) {
        FloatVector ka = Chain.at(keys, keyAt, 0);
        FloatVector kb = Chain.at(keys, keyAt, 1);
        FloatVector kc = Chain.at(keys, keyAt, 2);
        FloatVector kd = Chain.at(keys, keyAt, 3);
        FloatVector q = Chain.broadcast(query[at0 + i]);
        a0 = ka.fma(q, a0);
        b0 = kb.fma(q, b0);
        c0 = kc.fma(q, c0);
        d0 = kd.fma(q, d0);
        q = Chain.broadcast(query[at1 + i]);
        a1 = ka.fma(q, a1);
        b1 = kb.fma(q, b1);
        c1 = kc.fma(q, c1);
        d1 = kd.fma(q, d1);
      }
      Chain.store(a0.mul(scale), b0.mul(scale), c0.mul(scale), d0.mul(scale), scores, to + from);
      Chain.store(
          a1.mul(scale), b1.mul(scale), c1.mul(scale), d1.mul(scale), scores, to + stride + from);
    }
  }

  private void cap(int at, int start, int end) {
    float cap = (float) config.attending().scoreCap();
    if (cap > 0) {
      for (int i = at + start; i < at + end; i++) {
        scores[i] = cap * (float) Math.tanh(scores[i] / cap);
      }
    }
  }

  /** Exponentials in place; returns their sum. */
  private float softmax(int at, int start, int end) {
    int wholeFrom = (start + LANES - 1) / LANES * LANES;
    int wholeTo = end / LANES * LANES;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = start; i < Math.min(end, wholeFrom); i++) {
      most = Math.max(most, scores[at + i]);
    }
    FloatVector greatest = FloatVector.broadcast(Species.FLOATS, most);
    for (int i = wholeFrom; i < wholeTo; i += LANES) {
      greatest = greatest.max(FloatVector.fromArray(Species.FLOATS, scores, at + i));
    }
    most = Math.max(most, greatest.reduceLanes(VectorOperators.MAX));
    for (int i = Math.max(start, wholeTo); i < end; i++) {
      most = Math.max(most, scores[at + i]);
    }
    for (int i = start / LANES * LANES; i < end; i += LANES) {
      FloatVector x = FloatVector.fromArray(Species.FLOATS, scores, at + i).sub(most);
      Vectors.exp(x).intoArray(scores, at + i);
    }
    return Plain.sum(scores, at + start, end - start);
  }

  private void normalize(int at, int start, int end, float factor) {
    for (int i = start / LANES * LANES; i < end; i += LANES) {
      FloatVector.fromArray(Species.FLOATS, scores, at + i).mul(factor).intoArray(scores, at + i);
    }
  }

  /** Two queries' sums over some positions of a page, added to what stands in {@code out}. */
  private void weighTwo(
      float[] values, int base, int scoreAt, int count, float[] out, int first, int last) {
    int i = 0;
    for (; i + 4 * LANES <= size; i += 4 * LANES) {
      int at0 = first + i;
      int at1 = last + i;
      FloatVector a0 = Chain.at(out, at0, 0);
      FloatVector b0 = Chain.at(out, at0, 1);
      FloatVector c0 = Chain.at(out, at0, 2);
      FloatVector d0 = Chain.at(out, at0, 3);
      FloatVector a1 = Chain.at(out, at1, 0);
      FloatVector b1 = Chain.at(out, at1, 1);
      FloatVector c1 = Chain.at(out, at1, 2);
      FloatVector d1 = Chain.at(out, at1, 3);
      int valueAt = base + i;
      for (int position = 0; position < count; position++, valueAt += size) {
        FloatVector va = Chain.at(values, valueAt, 0);
        FloatVector vb = Chain.at(values, valueAt, 1);
        FloatVector vc = Chain.at(values, valueAt, 2);
        FloatVector vd = Chain.at(values, valueAt, 3);
        FloatVector p = Chain.broadcast(scores[scoreAt + position]);
        a0 = va.fma(p, a0);
        b0 = vb.fma(p, b0);
        c0 = vc.fma(p, c0);
        d0 = vd.fma(p, d0);
        p = Chain.broadcast(scores[scoreAt + stride + position]);
        a1 = va.fma(p, a1);
        b1 = vb.fma(p, b1);
        c1 = vc.fma(p, c1);
        d1 = vd.fma(p, d1);
      }
      Chain.store(a0, b0, c0, d0, out, at0);
      Chain.store(a1, b1, c1, d1, out, at1);
    }
    if (i < size) {
      weigh(values, base, scoreAt, count, out, first, i);
      weigh(values, base, scoreAt + stride, count, out, last, i);
    }
  }

  /** Likewise for one query, its entries from {@code first}. */
  private void weigh(
      float[] values, int base, int scoreAt, int count, float[] out, int at, int first) {
    int i = first;
    for (; i + 4 * LANES <= size; i += 4 * LANES) {
      FloatVector a = Chain.at(out, at + i, 0);
      FloatVector b = Chain.at(out, at + i, 1);
      FloatVector c = Chain.at(out, at + i, 2);
      FloatVector d = Chain.at(out, at + i, 3);
      int valueAt = base + i;
      for (int position = 0; position < count; position++, valueAt += size) {
        FloatVector p = Chain.broadcast(scores[scoreAt + position]);
        a = Chain.at(values, valueAt, 0).fma(p, a);
        b = Chain.at(values, valueAt, 1).fma(p, b);
        c = Chain.at(values, valueAt, 2).fma(p, c);
        d = Chain.at(values, valueAt, 3).fma(p, d);
      }
      Chain.store(a, b, c, d, out, at + i);
    }
    for (; i + LANES <= size; i += LANES) {
      FloatVector sum = FloatVector.fromArray(Species.FLOATS, out, at + i);
      int valueAt = base + i;
      for (int position = 0; position < count; position++, valueAt += size) {
        sum =
            FloatVector.fromArray(Species.FLOATS, values, valueAt)
                .fma(Chain.broadcast(scores[scoreAt + position]), sum);
      }
      sum.intoArray(out, at + i);
    }
    for (; i < size; i++) {
      float sum = out[at + i];
      for (int position = 0; position < count; position++) {
        sum = Math.fma(values[base + position * size + i], scores[scoreAt + position], sum);
      }
      out[at + i] = sum;
    }
  }
}
