package dev.forefront.generate;

/**
 * What {@link CodePanels} hold, in the order in which it is read: a panel's sections one after the
 * other, in each the scales of its blocks and then its codes. Scales of sixteen bits lie among the
 * codes, so that a thread that goes forward reads one place of memory and not two; others, of which
 * few files have any, lie apart.
 */
final class PackedCodes {
  private static final int WIDTH = Panels.WIDTH;

  /** Of the shorts of an int. */
  private static final int HALVES = Integer.SIZE / Short.SIZE;

  private final int inputs;
  private final boolean halves;
  private final int shortsOfInput;
  private final int blockBits;
  private final int ofPanel;
  private final short[] data;
  private final float[] scales;

  /**
   * @param places codes in an int
   * @param block inputs that share a scale
   * @param halves whether all scales are float16 numbers
   */
  PackedCodes(int panels, int inputs, int places, int block, boolean halves) {
    this.inputs = inputs;
    this.halves = halves;
    shortsOfInput = WIDTH * HALVES / places;
    blockBits = Integer.numberOfTrailingZeros(block);
    ofPanel = shortsOfInput * inputs + scalesOf(inputs);
    data = new short[Math.multiplyExact(panels, ofPanel)];
    scales = new float[halves ? 0 : panels * (inputs >> blockBits) * WIDTH];
  }

  /** Shorts of a panel, and so the distance from one to the next. */
  int ofPanel() {
    return ofPanel;
  }

  private int scalesOf(int count) {
    return halves ? (count >> blockBits) * WIDTH : 0;
  }

  /** An int's lower half comes first. */
  short[] data() {
    return data;
  }

  /**
   * Where a panel's first int of this input is, which is the first of an int; those of the
   * section's other inputs follow, {@code WIDTH} ints for each {@code places} inputs.
   */
  int at(int panel, int input) {
    int end = Math.min((input / Panels.SECTION + 1) * Panels.SECTION, inputs);
    return panel * ofPanel + shortsOfInput * input + scalesOf(end);
  }

  /** The int of one of a panel's outputs. */
  int get(int panel, int lane, int input) {
    return get(at(panel, input) + HALVES * lane);
  }

  /** The int that begins there. */
  int get(int at) {
    return data[at] & 0xffff | data[at + 1] << Short.SIZE;
  }

  private int scaleAt(int panel, int lane, int input) {
    int section = input / Panels.SECTION * Panels.SECTION;
    return panel * ofPanel + shortsOfInput * section + scalesOf(input) + lane;
  }

  private int apart(int panel, int input) {
    return (panel * (inputs >> blockBits) + (input >> blockBits)) * WIDTH;
  }

  float scale(int panel, int lane, int input) {
    return halves
        ? Float.float16ToFloat(data[scaleAt(panel, lane, input)])
        : scales[apart(panel, input) + lane];
  }

  /** Takes all scales of one of a panel's outputs. */
  void takeScales(int panel, int lane, float[] all) {
    int blocksOfSection = Panels.SECTION >> blockBits;
    for (int first = 0; first < all.length; first += blocksOfSection) {
      int input = first << blockBits;
      int at = halves ? scaleAt(panel, lane, input) : apart(panel, input) + lane;
      int end = Math.min(first + blocksOfSection, all.length);
      for (int i = first; i < end; i++, at += WIDTH) {
        if (halves) {
          data[at] = Float.floatToFloat16(all[i]);
        } else {
          scales[at] = all[i];
        }
      }
    }
  }

  /** The scales of some inputs, all of one section, as float32. */
  void widenScales(int panel, int input, int count, float[] out) {
    int some = (count >> blockBits) * WIDTH;
    if (halves) {
      Plain.widen(data, scaleAt(panel, 0, input), out, 0, some);
    } else {
      System.arraycopy(scales, apart(panel, input), out, 0, some);
    }
  }

  /** Where they lie apart: a panel's blocks one after the other, {@code WIDTH} scales each. */
  float[] scalesApart() {
    return scales;
  }

  long bytes() {
    return (long) Short.BYTES * data.length + (long) Float.BYTES * scales.length;
  }
}
