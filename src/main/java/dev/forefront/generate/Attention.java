package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Grouped-query attention of one row over its sequence's cache. Owns its working memory: one per
 * thread.
 */
final class Attention {
  private static final int LANES = Panels.LANES;
  private static final int PAGE = KeyValueCache.PAGE;

  private final ModelConfig config;
  private final int size;
  private final int group;
  private final int pairs;
  private final float scale;
  // Of one or two query heads, one after the other.
  private float[] scores = new float[0];
  private int stride;
  // One head's keys or values of a page that has them in other numbers.
  private final float[] opened;

  Attention(ModelConfig config) {
    this.config = config;
    size = config.headSize();
    opened = new float[size * PAGE];
    group = config.heads() / config.keyValueHeads();
    pairs = (group + 1) / 2;
    scale = (float) (1 / Math.sqrt(config.attending().queryScalar()));
  }

  /** Parts of a row that threads may share. */
  int parts() {
    return config.keyValueHeads() * pairs;
  }

  /**
   * One or two query heads of a row, which share a key-value head.
   *
   * @param part from 0 to {@link #parts}
   * @param query {@code [H][S]} from {@code queryAt}
   * @param out gets {@code [H][S]} from {@code outAt}
   * @param position of the row; it sees its own and those before it, as far as the layer's window
   */
  void attend(
      Kernels kernels,
      KeyValueCache cache,
      int layer,
      int part,
      int position,
      float[] query,
      int queryAt,
      float[] out,
      int outAt) {
    int window = config.attending().window(layer);
    int start = window == 0 ? 0 : Math.max(0, position + 1 - window);
    int end = position + 1;
    int keyValueHead = part / pairs;
    int within = part % pairs * 2;
    boolean areTwo = within + 1 < group;
    int heads = areTwo ? 2 : 1;
    int first = (keyValueHead * group + within) * size;
    room(end);
    for (int page = start / PAGE; page * PAGE < end; page++) {
      CachePage kept = cache.page(page);
      float[] keys = kept.keys(layer, keyValueHead, opened);
      int keyAt = keys == opened ? 0 : kept.at(keyValueHead);
      if (kernels == Kernels.PLAIN) {
        scorePlainly(keys, keyAt, query, queryAt + first, heads, page * PAGE, end);
      } else if (areTwo) {
        scoreTwo(keys, keyAt, query, queryAt + first, page * PAGE);
      } else {
        score(keys, keyAt, query, queryAt + first, page * PAGE);
      }
    }
    for (int head = 0; head < heads; head++) {
      int at = head * stride;
      cap(at, start, end);
      if (kernels == Kernels.PLAIN) {
        softmaxPlainly(at + start, at + end);
      } else {
        float sum = softmax(at, start, end);
        normalize(at, start, end, 1 / sum);
      }
    }
    Arrays.fill(out, outAt + first, outAt + first + heads * size, 0);
    for (int page = start / PAGE; page * PAGE < end; page++) {
      int from = Math.max(start, page * PAGE);
      int to = Math.min(end, (page + 1) * PAGE);
      int place = from - page * PAGE;
      CachePage kept = cache.page(page);
      float[] values = kept.values(layer, keyValueHead, place, to - page * PAGE, opened);
      int valueAt = (values == opened ? 0 : kept.at(keyValueHead)) + place * size;
      if (kernels == Kernels.PLAIN) {
        for (int head = 0; head < heads; head++) {
          int at = outAt + first + head * size;
          Plain.chain(
              values, valueAt, size, to - from, scores, head * stride + from, out, at, size);
        }
      } else if (areTwo) {
        weighTwo(values, valueAt, from, to - from, out, outAt + first);
      } else {
        weigh(values, valueAt, from, to - from, out, outAt + first, 0);
      }
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

  /** Scores of a page's positions before {@code end}. */
  private void scorePlainly(
      float[] keys, int base, float[] query, int at, int heads, int page, int end) {
    int count = Math.min(PAGE, end - page);
    for (int head = 0; head < heads; head++) {
      int to = head * stride + page;
      Arrays.fill(scores, to, to + count, 0);
      Plain.chain(keys, base, PAGE, size, query, at + head * size, scores, to, count);
      for (int i = to; i < to + count; i++) {
        scores[i] *= scale;
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

  private void scoreTwo(float[] keys, int base, float[] query, int at, int to) {
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
        FloatVector q = Chain.broadcast(query[at + i]);
        a0 = ka.fma(q, a0);
        b0 = kb.fma(q, b0);
        c0 = kc.fma(q, c0);
        d0 = kd.fma(q, d0);
        q = Chain.broadcast(query[at + size + i]);
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

  /** Two heads' sums over some positions of a page, added to what stands in {@code out}. */
  private void weighTwo(float[] values, int base, int scoreAt, int count, float[] out, int at) {
    int i = 0;
    for (; i + 4 * LANES <= size; i += 4 * LANES) {
      int at0 = at + i;
      int at1 = at0 + size;
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
      weigh(values, base, scoreAt, count, out, at, i);
      weigh(values, base, scoreAt + stride, count, out, at + size, i);
    }
  }

  /** Likewise for one head, its entries from {@code first}. */
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
