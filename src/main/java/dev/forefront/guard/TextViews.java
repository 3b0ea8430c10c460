package dev.forefront.guard;

import java.util.List;
import java.util.Map;

/**
 * What one side of a conversation is judged by.
 *
 * @param verdicts a head for each view, and no others: every word is weighed by all of them
 */
record TextViews(PackedHeads verdicts, List<View> views) {
  /** Which view of a request phrases and encoder add to. */
  static final int REQUEST = 0;

  /**
   * A verdict head, and those that say which hazard it is.
   *
   * @param hazards the head for each hazard that has one
   */
  record View(double limit, String explanation, Map<Hazard, Integer> hazards) {}

  static TextViews input(TextHeads heads, Calibration calibration) {
    View request =
        view(
            heads,
            TextClassifier.REQUEST,
            calibration.limit(Calibration.Use.REQUEST),
            "it reads like a request for harm");
    List<String> both = List.of(TextClassifier.REQUEST, TextClassifier.POST);
    View post = post(heads, calibration.limit(Calibration.Use.POST));
    return new TextViews(new PackedHeads(heads, both), List.of(request, post));
  }

  static TextViews output(TextHeads heads, Calibration calibration) {
    View post = post(heads, calibration.limit(Calibration.Use.REPLY));
    return new TextViews(new PackedHeads(heads, List.of(TextClassifier.POST)), List.of(post));
  }

  private static View post(TextHeads heads, double limit) {
    return view(heads, TextClassifier.POST, limit, "it reads like harmful text");
  }

  private static View view(TextHeads heads, String kind, double limit, String explanation) {
    return new View(limit, explanation, TextClassifier.hazards(kind, heads.names()));
  }
}
