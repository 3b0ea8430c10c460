package dev.forefront.guard;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well scores put harmful texts above harmless ones, whatever the limit.
 *
 * @param auroc chance that a harmful text scores above a harmless one, ties half; 0.5 is guessing
 * @param auprc average precision; guessing gets the share of harmful texts
 * @param positives harmful texts
 * @param negatives harmless texts
 */
public record Ranking(double auroc, double auprc, int positives, int negatives) {

  /**
   * @param scores higher is worse, none NaN
   * @param harmful as many
   */
  public static Ranking of(double[] scores, boolean[] harmful) {
    List<Integer> order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer at) -> scores[at]).reversed())
            .toList();
    int positives = 0;
    for (boolean one : harmful) {
      positives += one ? 1 : 0;
    }
    int negatives = scores.length - positives;
    double precision = 0;
    double wins = 0;
    int hits = 0;
    int misses = 0;
    for (int from = 0; from < order.size(); ) {
      // Texts of equal score come at once: their order among each other says nothing.
      int to = from;
      int hitsHere = 0;
      while (to < order.size() && scores[order.get(to)] == scores[order.get(from)]) {
        hitsHere += harmful[order.get(to)] ? 1 : 0;
        to++;
      }
      int missesHere = to - from - hitsHere;
      wins += hitsHere * (negatives - misses - missesHere + missesHere / 2.0);
      hits += hitsHere;
      misses += missesHere;
      precision += hitsHere * (hits / (double) (hits + misses));
      from = to;
    }
    return new Ranking(
        positives == 0 || negatives == 0 ? Double.NaN : wins / ((double) positives * negatives),
        positives == 0 ? Double.NaN : precision / positives,
        positives,
        negatives);
  }
}
