package dev.forefront.data.world;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Made-up names of syllables, so many that none is learnt by heart: what a model knows of them is
 * that they are names.
 */
final class Names {
  private static final List<String> FIRST =
      List.of(
          "Ba", "Be", "Bri", "Da", "Dor", "Fa", "Fen", "Ga", "Gri", "Ha", "Hel", "Jo", "Ka", "Kle");
  private static final List<String> SECOND =
      List.of("La", "Lu", "Ma", "Mo", "Na", "Ni", "Or", "Pa", "Qui", "Ra", "Ro", "Sa", "Ste", "Ta");
  private static final List<String> THIRD =
      List.of("Te", "Tri", "Ul", "Va", "Wen", "Xa", "Ya", "Ze");
  private static final List<List<String>> BEGINNINGS = List.of(FIRST, SECOND, THIRD);
  private static final List<String> MIDDLES =
      List.of("", "", "bi", "de", "fo", "ga", "lo", "mi", "na", "ri", "sta", "to", "ve", "zu");
  private static final List<String> ENDS =
      List.of(
          "ba", "dan", "der", "fin", "gor", "kin", "la", "lind", "mar", "na", "nek", "pho", "rick",
          "sa", "ston", "tha", "vin", "wyn", "x", "zel");

  private final Set<String> taken;

  /**
   * @param taken names that are not made up
   */
  Names(Set<String> taken) {
    this.taken = taken;
  }

  String next(SplittableRandom random) {
    String name;
    do {
      name = pick(pick(BEGINNINGS, random), random) + pick(MIDDLES, random) + pick(ENDS, random);
    } while (taken.contains(name));
    return name;
  }

  private static <T> T pick(List<T> list, SplittableRandom random) {
    return list.get(random.nextInt(list.size()));
  }
}
