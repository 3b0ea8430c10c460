package dev.forefront.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What texts leave in a model's residual stream, token by token, in half precision. */
final class ProbeFeatures {
  // Texts read before it is asked whether more fit.
  private static final int ROUND = 256;
  private static final float LARGEST = 65_504;

  private final Inside model;
  private final List<Integer> layers;
  private final int longest;
  private final List<String> contexts;
  private final ProbeTexts texts;

  /**
   * @param longest tokens of a text that are kept
   * @param contexts requests that replies are put behind by turns, at least one
   */
  ProbeFeatures(Inside model, List<Integer> layers, int longest, List<String> contexts) {
    this.model = model;
    this.layers = layers;
    this.longest = longest;
    this.contexts = contexts;
    texts = new ProbeTexts(model::countTokens, model.contextLength());
  }

  /**
   * @param values {@code [tokens, layers, width]}
   */
  record Rows(short[] values, int tokens) {}

  int width() {
    return model.width();
  }

  /**
   * Reads texts in their order until the numbers are too many.
   *
   * @param kind whether they are read as requests or as replies
   */
  List<Rows> of(String kind, List<String> all, long mostNumbers) {
    List<Rows> rows = new ArrayList<>();
    long numbers = 0;
    for (int from = 0; from < all.size() && numbers < mostNumbers; from += ROUND) {
      List<Rows> round =
          IntStream.range(from, Math.min(all.size(), from + ROUND))
              .parallel()
              .mapToObj(
                  at ->
                      rows(
                          kind.equals(Probes.REQUEST)
                              ? texts.request(all.get(at))
                              : texts.reply(contexts.get(at % contexts.size()), all.get(at))))
              .toList();
      for (Rows one : round) {
        numbers += one.values.length;
        if (numbers <= mostNumbers) {
          rows.add(one);
        }
      }
    }
    return rows;
  }

  private Rows rows(ProbeTexts.Placed placed) {
    int tokens = model.countTokens(placed.conversation());
    // Where a beginning and what follows share a token, a reply may seem to have none.
    int from = Math.min(placed.from(), tokens - 1);
    int kept = Math.min(longest, tokens - from);
    int width = model.width();
    short[] values = new short[kept * layers.size() * width];
    model.read(
        placed.conversation(),
        Set.copyOf(layers),
        (layer, place, residual) -> {
          int row = place - from;
          int at = layers.indexOf(layer);
          if (at >= 0 && row >= 0 && row < kept) {
            int to = (row * layers.size() + at) * width;
            for (int i = 0; i < width; i++) {
              values[to + i] = Float.floatToFloat16(Math.clamp(residual[i], -LARGEST, LARGEST));
            }
          }
        });
    return new Rows(values, kept);
  }
}
