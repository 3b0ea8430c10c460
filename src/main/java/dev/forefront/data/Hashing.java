package dev.forefront.data;

/** 64-bit hashing that is the same in every run: FNV-1a over UTF-16, then MurmurHash3's mixer. */
final class Hashing {
  private Hashing() {}

  static long of(CharSequence text) {
    return of(text, 0, text.length());
  }

  static long of(CharSequence text, int begin, int end) {
    long hash = 0xcbf29ce484222325L;
    for (int i = begin; i < end; i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** A bijection of the 64-bit numbers that leaves no pattern. */
  static long mix(long x) {
    x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
    x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return x ^ (x >>> 33);
  }
}
