package dev.forefront.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Breaks bytes as accidents and attackers do: mostly in the first part, where headers are. */
final class Mutation {
  private static final byte[] EXTREMES = {0, 1, -1, 127, -128};

  private Mutation() {}

  static byte[] of(byte[] whole, int header, SplittableRandom random) {
    byte[] bytes = whole;
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      bytes = once(bytes, header, random);
    }
    return bytes;
  }

  private static byte[] once(byte[] whole, int header, SplittableRandom random) {
    if (whole.length < 2) {
      return whole;
    }
    int reach = random.nextInt(8) == 0 ? whole.length : Math.min(whole.length, header);
    int at = random.nextInt(reach);
    byte[] bytes = whole.clone();
    switch (random.nextInt(9)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> {
        byte extreme = EXTREMES[random.nextInt(EXTREMES.length)];
        Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), extreme);
      }
      case 3 -> {
        return Arrays.copyOf(whole, at);
      }
      case 4 -> {
        int length = Math.min(1 + random.nextInt(64), whole.length - at);
        return joined(whole, at, new byte[0], at + length);
      }
      case 5 -> {
        int length = Math.min(1 + random.nextInt(64), whole.length - at);
        return joined(whole, at + length, Arrays.copyOfRange(whole, at, at + length), at + length);
      }
      case 6 -> {
        byte[] noise = new byte[1 + random.nextInt(16)];
        random.nextBytes(noise);
        return joined(whole, at, noise, at);
      }
      case 7 -> {
        int from = random.nextInt(reach);
        int length = Math.min(random.nextInt(32), whole.length - Math.max(from, at));
        System.arraycopy(whole, from, bytes, at, length);
      }
      default -> {
        String number = random.nextBoolean() ? "9".repeat(1 + random.nextInt(20)) : "-1";
        return joined(whole, at, number.getBytes(StandardCharsets.US_ASCII), at);
      }
    }
    return bytes;
  }

  private static byte[] joined(byte[] whole, int to, byte[] middle, int from) {
    byte[] bytes = Arrays.copyOf(whole, to + middle.length + whole.length - from);
    System.arraycopy(middle, 0, bytes, to, middle.length);
    System.arraycopy(whole, from, bytes, to + middle.length, whole.length - from);
    return bytes;
  }
}
