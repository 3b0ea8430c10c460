package dev.forefront.generate;

import dev.forefront.model.Codes;
import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of codes: several inputs of an output in one int, a scale for each block of an output's
 * inputs, and a least number where the encoding has one. Codes are raised by half of their range,
 * so that they have no sign.
 *
 * <p>Where a prompt is read a code is moved to the foot of its int, made a float, and scaled, once
 * for many rows. Where a token is written that would be most of the work: there a block's products
 * are summed as they are, by {@link WrittenRows} that suit the codes, and the chain is over the
 * blocks' sums.
 */
abstract sealed class CodePanels extends Panels permits BytePanels, NibblePanels {
  private final int places;
  private final int bits;
  private final int block;
  private final int head;
  // What makes codes that have a sign into such as have none.
  private final int raise;
  private final PackedCodes packed;
  // None where codes have a sign.
  private final float[] leasts;

  /**
   * @param first the row of the first output
   * @param places codes in an int
   * @param head bits of each int that stand the other way round
   */
  CodePanels(Weight weight, int first, int outputs, int places, int head) {
    super(outputs, (int) weight.columns(), 2);
    this.places = places;
    this.head = head;
    bits = Integer.SIZE / places;
    Encoding encoding = weight.encoding();
    block = Codes.block(encoding);
    raise = fromZero(encoding) ? 0 : bias();
    int inputs = inputs();
    packed = new PackedCodes(count(), inputs, places, block, haveHalves(encoding));
    leasts = new float[haveLeasts(encoding) ? padded(outputs) * (inputs / block) : 0];
    Codes row = new Codes(encoding, inputs);
    int bytes = Math.toIntExact(encoding.bytes(inputs));
    byte[] rows = new byte[WIDTH * bytes];
    for (int panel = 0; panel < count(); panel++) {
      int lanes = Math.min(WIDTH, outputs - panel * WIDTH);
      // Not by row: access to mapped memory is more code than all else here, and would be compiled
      // with it while a user waits.
      weight.copy(first + panel * WIDTH, lanes, rows);
      for (int lane = 0; lane < lanes; lane++) {
        row.unpack(rows, lane * bytes);
        pack(panel, lane, row);
      }
    }
  }

  private void pack(int panel, int lane, Codes row) {
    for (int section = 0; section < inputs(); section += SECTION) {
      int end = Math.min(section + SECTION, inputs());
      spread(row.codes(), section, end, packed.data(), packed.at(panel, section) + 2 * lane);
    }
    packed.takeScales(panel, lane, row.scales());
    for (int i = 0; i < inputs() / block && leasts.length > 0; i++) {
      leasts[place(panel * WIDTH + lane, block) + i * WIDTH] = row.leasts()[i];
    }
  }

  // Four at once: until it is compiled it is the turns of a loop that take the time.
  private void spread(byte[] row, int first, int end, short[] to, int from) {
    int at = from;
    for (int input = first; input < end; input += places, at += 2 * WIDTH) {
      int all = four(row, input);
      for (int place = 4; place < places; place += 4) {
        all |= four(row, input + place) << bits * place;
      }
      to[at] = (short) (all ^ head);
      to[at + 1] = (short) ((all ^ head) >>> Short.SIZE);
    }
  }

  private int four(byte[] row, int at) {
    return row[at] + raise
        | row[at + 1] + raise << bits
        | row[at + 2] + raise << 2 * bits
        | row[at + 3] + raise << 3 * bits;
  }

  /** Whether scales have sixteen bits: elsewhere they are products of two factors. */
  private static boolean haveHalves(Encoding encoding) {
    return switch (encoding) {
      case Q8_0, Q5_0, Q4_0 -> true;
      case Q4_1, Q4_K, Q6_K -> false;
      case F32, F16, BF16, Q5_1, Q5_K -> throw new IllegalArgumentException(encoding.name());
    };
  }

  private static boolean haveLeasts(Encoding encoding) {
    return encoding == Encoding.Q4_1 || encoding == Encoding.Q4_K;
  }

  /** Whether {@link Codes} tells them without a sign. */
  private static boolean fromZero(Encoding encoding) {
    return haveLeasts(encoding) || encoding == Encoding.Q4_0;
  }

  /** Half of the range of a code. */
  private int bias() {
    return 1 << bits - 1;
  }

  final PackedCodes packed() {
    return packed;
  }

  /** Of each block, where codes are meant from zero; else empty. */
  final float[] leasts() {
    return leasts;
  }

  final int block() {
    return block;
  }

  /** What the written rows of {@code x} are made into for these panels. */
  abstract WrittenRows written(Inputs x);

  @Override
  final void open(int panel, int section, int count, Scratch.Stream own, boolean areRead) {
    int from = (panel * WIDTH * inputs() + section * WIDTH) / block;
    int some = count / block * WIDTH;
    packed.widenScales(panel, section, count, own.scales);
    if (!areRead) {
      return;
    }
    if (leasts.length > 0) {
      System.arraycopy(leasts, from, own.leasts, 0, some);
    } else {
      for (int i = 0; i < some; i++) {
        own.leasts[i] = -bias() * own.scales[i];
      }
    }
  }

  @Override
  final void go(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch.Stream own,
      float[] numbers) {
    int to = panel * WIDTH;
    int from = packed.at(panel, input);
    int scaleAt = input % SECTION / block * WIDTH;
    int written = Math.min(x.written(), rows);
    int row = shared(panel, input, count, x, written, y, yStride, own);
    for (; row < written; row++) {
      add(panel, panel, input, count, x, row, own, own, y, yStride);
    }
    int read = rows - written;
    for (int done = 0; done < count && read > 0; done += CHUNK) {
      int some = Math.min(CHUNK, count - done);
      int codesAt = from + 2 * done * WIDTH / places;
      for (int at = 0; at < some; at += block) {
        int sectionAt = scaleAt + (done + at) / block * WIDTH;
        int blockAt = codesAt + 2 * at * WIDTH / places;
        widen(
            packed.data(), blockAt, block, own.scales, own.leasts, sectionAt, numbers, at * WIDTH);
      }
      int xAt = written * x.stride() + input + done;
      int yAt = written * yStride + to;
      Chain.rows(numbers, 0, some, x.numbers(), xAt, x.stride(), read, y, yAt, yStride);
    }
  }

  /** Where only few tokens are written: two panels by turns, in one loop. */
  @Override
  final void section(
      int part,
      int section,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    int far = part + parts(rows);
    if (far >= count() || rows > x.written()) {
      super.section(part, section, count, x, rows, y, yStride, scratch);
      return;
    }
    Scratch.Stream own = scratch.stream(0);
    for (int row = 0; row < rows; row++) {
      add(part, far, section, count, x, row, own, scratch.stream(1), y, yStride);
    }
  }

  /**
   * One written row: the chains of a panel, or of two by turns, go on by the sums of some blocks.
   *
   * @param far the other panel, with scales of its own; else {@code panel} once more
   */
  abstract void add(
      int panel,
      int far,
      int input,
      int count,
      Inputs x,
      int row,
      Scratch.Stream own,
      Scratch.Stream ofFar,
      float[] y,
      int yStride);

  /**
   * Continues the chains of as many written rows, the first ones, as share the work on a code.
   *
   * @return how many
   */
  int shared(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch.Stream own) {
    return 0;
  }

  /** Continues the chains of all written rows without vectors, with the scales of stream 0. */
  abstract void writePlainly(
      int panel, int input, int count, Inputs x, int rows, float[] y, int yStride, Scratch scratch);

  /** The numbers of one block. */
  abstract void widen(
      short[] codes,
      int from,
      int block,
      float[] scales,
      float[] leasts,
      int scaleAt,
      float[] out,
      int outAt);

  /** Ints, of which each is two shorts. */
  static IntVector ints(short[] codes, int at) {
    return (IntVector)
        ShortVector.fromArray(Species.PAIRS, codes, at).reinterpretShape(Species.INTS, 0);
  }

  /** A code where it stands in its int. */
  static FloatVector floats(IntVector codes, IntVector mask) {
    return (FloatVector)
        codes
            .lanewise(VectorOperators.AND, mask)
            .convertShape(VectorOperators.I2F, Species.FLOATS, 0);
  }

  @Override
  final void goPlainly(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    int written = Math.min(x.written(), rows);
    if (written > 0) {
      open(panel, input, count, scratch.stream(0), false);
      writePlainly(panel, input, count, x, written, y, yStride, scratch);
    }
    if (written < rows) {
      widenPlainly(panel, input, count, scratch);
      chains(scratch.numbers, 0, panel, input, count, x, written, rows, y, yStride);
    }
  }

  @Override
  final void widenPlainly(int panel, int input, int count, Scratch scratch) {
    Scratch.Stream own = scratch.stream(0);
    open(panel, input, count, own, true);
    int from = packed.at(panel, input);
    int step = 2 * WIDTH * block / places;
    for (int at = 0; at < count; at += block, from += step) {
      int scaleAt = at / block * WIDTH;
      for (int lane = 0; lane < WIDTH; lane++) {
        float scale = own.scales[scaleAt + lane];
        float least = own.leasts[scaleAt + lane];
        codes(from + 2 * lane, scale, least, scratch.numbers, at * WIDTH + lane);
      }
    }
  }

  /** The numbers of a block of one output. */
  private void codes(int from, float scale, float least, float[] out, int outAt) {
    int mask = (1 << bits) - 1;
    int to = outAt;
    int end = outAt + block * WIDTH;
    for (int at = from; to < end; at += 2 * WIDTH) {
      int all = packed.get(at) ^ head;
      for (int place = 0; place < places; place += 4, to += 4 * WIDTH) {
        int four = all >>> bits * place;
        out[to] = Math.fma(four & mask, scale, least);
        out[to + WIDTH] = Math.fma(four >>> bits & mask, scale, least);
        out[to + 2 * WIDTH] = Math.fma(four >>> 2 * bits & mask, scale, least);
        out[to + 3 * WIDTH] = Math.fma(four >>> 3 * bits & mask, scale, least);
      }
    }
  }

  /** A code without a sign. */
  private int raised(int all, int place) {
    return all >>> bits * place & (1 << bits) - 1;
  }

  @Override
  final long bytes() {
    return packed.bytes() + (long) Float.BYTES * leasts.length;
  }

  @Override
  final void read(int output, float[] out, int at) {
    int panel = output / WIDTH;
    int lane = output % WIDTH;
    int leastAt = place(output, block);
    for (int input = 0; input < inputs(); input++) {
      int all = packed.get(panel, lane, input / places * places) ^ head;
      float scale = packed.scale(panel, lane, input);
      float least = leasts.length > 0 ? leasts[leastAt + input / block * WIDTH] : -bias() * scale;
      out[at + input] = Math.fma(raised(all, input % places), scale, least);
    }
  }
}
