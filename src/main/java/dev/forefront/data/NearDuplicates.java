package dev.forefront.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Finds texts that are almost copies of earlier ones: MinHash over runs of five words (Broder
 * 1997), looked up by locality-sensitive hashing in 16 bands of 4 rows (Leskovec, Rajaraman and
 * Ullman, "Mining of Massive Datasets", section 3.4). About 700 bytes a text.
 */
final class NearDuplicates {
  private static final int SHINGLE = 5;
  private static final int BANDS = 16;
  private static final int BAND_ROWS = 4;
  private static final int HASHES = BANDS * BAND_ROWS;

  /** A bucket that holds more is a stock phrase; later ones in it are not compared. */
  private static final int LONGEST_CHAIN = 64;

  private static final long POWER = Words.power(SHINGLE);
  private static final int[] FACTORS = factors();

  private final double threshold;
  private final LongIntMap heads = new LongIntMap();
  private int[] signatures = new int[64 * HASHES];
  private int[] chains = new int[64 * BANDS];
  private int texts;

  /**
   * @param threshold Jaccard similarity of the runs of words from which two texts are the same; 1
   *     keeps all texts
   */
  NearDuplicates(double threshold) {
    this.threshold = threshold;
  }

  /** Remembers a text unless one much like it is known; returns whether it was new. */
  boolean add(Words words) {
    if (threshold >= 1 || words.count() == 0) {
      return true;
    }
    int[] signature = signature(words);
    for (int band = 0; band < BANDS; band++) {
      int other = heads.get(key(signature, band));
      for (int n = 0; other >= 0 && n < LONGEST_CHAIN; n++) {
        if (similarity(signature, other) >= threshold) {
          return false;
        }
        other = chains[other * BANDS + band];
      }
    }
    remember(signature);
    return true;
  }

  private void remember(int[] signature) {
    if ((texts + 1) * HASHES > signatures.length) {
      signatures = Arrays.copyOf(signatures, 2 * signatures.length);
      chains = Arrays.copyOf(chains, 2 * chains.length);
    }
    System.arraycopy(signature, 0, signatures, texts * HASHES, HASHES);
    for (int band = 0; band < BANDS; band++) {
      chains[texts * BANDS + band] = heads.put(key(signature, band), texts);
    }
    texts++;
  }

  private static int[] signature(Words words) {
    int[] signature = new int[HASHES];
    Arrays.fill(signature, Integer.MAX_VALUE);
    int runs = words.runs(SHINGLE);
    if (runs == 0) {
      take(signature, words.whole());
    }
    for (int run = 0; run < runs; run++) {
      take(signature, words.run(run, SHINGLE, POWER));
    }
    return signature;
  }

  private static void take(int[] signature, long shingle) {
    int low = (int) shingle;
    int high = (int) (shingle >>> 32);
    for (int i = 0; i < HASHES; i++) {
      signature[i] = Math.min(signature[i], low * FACTORS[i] + high);
    }
  }

  private static int[] factors() {
    SplittableRandom random = new SplittableRandom(20040901);
    return random.ints(HASHES).map(factor -> factor | 1).toArray();
  }

  private static long key(int[] signature, int band) {
    long key = band;
    for (int i = band * BAND_ROWS; i < (band + 1) * BAND_ROWS; i++) {
      key = Hashing.mix(key * 0x9e3779b97f4a7c15L + signature[i]);
    }
    return key;
  }

  private double similarity(int[] signature, int other) {
    int same = 0;
    for (int i = 0; i < HASHES; i++) {
      same += signature[i] == signatures[other * HASHES + i] ? 1 : 0;
    }
    return (double) same / HASHES;
  }
}
