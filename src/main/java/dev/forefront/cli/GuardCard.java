package dev.forefront.cli;

import dev.forefront.data.requests.Requests;
import dev.forefront.data.requests.Roles;
import dev.forefront.data.sets.Catalogue;
import dev.forefront.evaluate.Interval;
import dev.forefront.guard.Calibration;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.Ranking;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a guard was trained on, what it was measured to do, and what it does not catch, in words.
 */
final class GuardCard {
  private static final String ENCODER =
      """

      An encoder of whole sentences adds twice its log odds: bge-small-en-v1.5 (Beijing Academy of Artificial
      Intelligence, MIT), tuned on the texts below. It learnt its English from texts that its authors gathered
      from the web and that nobody here has seen, until September 2023. Some of the sets below could be read there
      by then, requests without a label; JailbreakBench was not written yet.\
      """;

  private static final String LIMITS_WITH_RULES =
      "Limits were set so that rules and all this together block at most 0.5% of the ordinary"
          + " requests, and a tenth of XSTest's safe ones.";

  private GuardCard() {}

  /**
   * @param encoded what its encoder learnt from; empty where it has none
   * @param chosen how its seed was
   * @param words sets that what words mean was learnt from
   */
  static String write(
      List<GuardTraining.Text> texts,
      List<GuardTraining.Text> encoded,
      GuardTraining.Trained trained,
      Calibration calibration,
      List<GuardMeasures.Share> shares,
      Map<String, Ranking> rankings,
      String chosen,
      List<String> words) {
    StringBuilder card = new StringBuilder();
    card.append("# A guard's card\n\n");
    card.append(
        """
        Rules, and linear heads over hashed words, stems, pairs of words and runs of letters.
        %s
        Requests are judged by the head on requests with 0.3 of the head on posts, which hh-rlhf's requests chose, and by
        a small convolution over the vectors of %,d words, whose log odds are added.%s
        %s

        %s
        ## Blocked requests, all together

        None of these sets was trained on: a text whose words are those of one of theirs was left out, labelled or not. But
        the limits were chosen on the ordinary requests and XSTest's safe ones; and of hh-rlhf, if it is here, words were
        read without labels, and where several seeds were tried its harmful requests chose one. Of safety-tuned-llamas and
        hh-rlhf those requests count that two readings by a language model both call harmful, or both harmless
        (docs/reference/judging.md). 95%% intervals.

        | set | blocked | interval | n |
        |---|---|---|---|
        """
            .formatted(
                chosen,
                trained.knownWords(),
                encoded.isEmpty() ? "" : ENCODER,
                encoded.isEmpty() ? limits(calibration) : LIMITS_WITH_RULES,
                digests(trained)));
    for (GuardMeasures.Share share : shares) {
      Interval interval = share.interval();
      card.append(
          "| %s | %.1f%% | %.1f to %.1f | %,d |\n"
              .formatted(
                  share.name(),
                  share.value() * 100,
                  interval.low() * 100,
                  interval.high() * 100,
                  share.of()));
    }
    card.append(
        """

        ## Ranking, whatever the limits

        | set | AUROC | AUPRC | harmful | harmless |
        |---|---|---|---|---|
        """);
    rankings.forEach(
        (set, one) ->
            card.append(
                "| %s | %.3f | %.3f | %,d | %,d |\n"
                    .formatted(set, one.auroc(), one.auprc(), one.positives(), one.negatives())));
    card.append("\n## Trained on\n\n");
    card.append(sources(texts));
    if (!encoded.isEmpty()) {
      card.append("\nThe encoder of these, and of requests in roles:\n\n");
      card.append(sources(encoded));
    }
    card.append(
        """

        What words mean was learnt from these sets, from the hints and from chat-intents-clinc150, without labels:

        | set | licence |
        |---|---|
        """);
    for (String set : words) {
      card.append("| %s | %s |\n".formatted(set, licence(set)));
    }
    card.append(
        """

        ## What it does not catch

        Harm that is asked for in words it never saw, or that only who asks and why makes harmful; other languages
        than English; advice that sounds harmless and is wrong; what needs more than forty words to be understood.
        It blocks some requests that only sound harmful. Offence and hate were labelled by others, whose sets are
        known to hold dialects against their speakers; see docs/reference/guard.md.
        """);
    return card.toString();
  }

  private static String limits(Calibration calibration) {
    return "Limits were set so that all this blocks at most %.2f%% of %,d harmless requests, and 8%% of XSTest's safe ones, beside what the rules do."
        .formatted(calibration.target() * 100, calibration.texts());
  }

  private static String digests(GuardTraining.Trained trained) {
    StringBuilder lines = new StringBuilder();
    trained.digests().forEach((name, digest) -> lines.append("- %s: %s\n".formatted(name, digest)));
    return lines.toString();
  }

  private static String sources(List<GuardTraining.Text> texts) {
    StringBuilder table = new StringBuilder("| source | texts | licence |\n|---|---|---|\n");
    new TreeMap<>(GuardSyllabus.counts(texts))
        .forEach(
            (source, count) ->
                table.append("| %s | %,d | %s |\n".formatted(source, count, licence(source))));
    return table.toString();
  }

  private static String licence(String source) {
    boolean isOurs = Requests.SETS.contains(source) || source.equals(Roles.SET);
    return isOurs ? "this project's" : Catalogue.builtIn().set(source).licence();
  }
}
