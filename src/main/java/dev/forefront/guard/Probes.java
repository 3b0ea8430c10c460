package dev.forefront.guard;

import dev.forefront.conversation.Probe;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Trained heads on the served model's own activations: what its tokens mean to it, while it reads
 * them. One kind reads a prompt as a request for harm, the other a reply as harm that is done; the
 * heads for hazards only name one. Immutable and shared.
 */
final class Probes {
  /** The stage's name in verdicts. */
  static final String STAGE = "probe";

  /** Kind of the heads that read a prompt. */
  static final String REQUEST = TextClassifier.REQUEST;

  /** Kind of the heads that read a reply. */
  static final String REPLY = "reply";

  private final Probe probe;
  private final View request;
  private final View reply;

  /**
   * What one side is judged by.
   *
   * @param head number of the head that gives the verdict
   * @param limit log odds from which on it blocks
   * @param named heads that say which hazard it is
   */
  record View(int head, double limit, Map<Hazard, Integer> named, String explanation) {
    View {
      named = new EnumMap<>(named);
    }
  }

  Probes(ProbeFile.Named named, ProbeCalibration calibration) {
    probe = named.probe();
    request =
        view(
            named.names(),
            REQUEST,
            calibration.request(),
            "the model reads it as a request for harm");
    reply =
        view(
            named.names(),
            REPLY,
            calibration.reply(),
            "the model's own state is that of harmful text");
  }

  private static View view(List<String> names, String kind, double limit, String explanation) {
    int head = names.indexOf(kind);
    if (head < 0) {
      throw new IllegalArgumentException("the probe has no head \"" + kind + "\"");
    }
    return new View(head, limit, TextClassifier.hazards(kind, names), explanation);
  }

  /** What the model has to be watched with. */
  Probe probe() {
    return probe;
  }

  View view(Side side) {
    return switch (side) {
      case INPUT -> request;
      case OUTPUT -> reply;
    };
  }

  /** For the readings of one prompt and its reply. */
  ProbeReader reader() {
    return new ProbeReader(this);
  }
}
