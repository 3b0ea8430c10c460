package dev.forefront.release;

import java.util.List;

/** {@code model-card.md}: what the model is from, what was measured, and what that does not say. */
final class ModelCard {
  private final Dossier dossier;
  private final StringBuilder out = new StringBuilder();

  private ModelCard(Dossier dossier) {
    this.dossier = dossier;
  }

  static String markdown(Dossier dossier) {
    ModelCard card = new ModelCard(dossier);
    card.head();
    card.origin();
    card.figures();
    card.limits();
    return card.out.toString();
  }

  private void head() {
    line("# %s", text(dossier.name()));
    line("");
    line("| | |");
    line("|---|---|");
    row("Model digest", "`" + dossier.candidate().modelDigest() + "`");
    row("Proposed", dossier.now().toString());
    row("Policy", "%s (`%s`)".formatted(text(dossier.policy().name()), dossier.policy().digest()));
    for (Part part : List.of(Part.WEIGHTS, Part.TOKENIZER, Part.TEMPLATE, Part.GUARD)) {
      row(part.title(), dossier.has(part) ? "`" + dossier.parts().get(part) + "`" : "none");
    }
    line("");
    if (!dossier.policy().description().isEmpty()) {
      line("%s", text(dossier.policy().description()));
      line("");
    }
    line("A digest of a part is SHA-256 over the lines `<sha256>  <path>` of its files.");
  }

  private void origin() {
    section("Where it is from");
    if (dossier.candidate().lineage() == null) {
      line("Nobody said: the release has no lineage.");
      return;
    }
    if (dossier.stages().isEmpty()) {
      line(
          "It has no earlier stage: it was trained from random weights, as far as its lineage"
              + " says.");
    } else {
      line("| earlier stage | model digest |");
      line("|---|---|");
      dossier.stages().forEach(stage -> row(stage.name(), "`" + stage.modelDigest() + "`"));
    }
    line("");
    if (dossier.datasets().isEmpty()) {
      line("Its lineage names no data.");
      return;
    }
    line("| learnt from | licence | source |");
    line("|---|---|---|");
    dossier
        .datasets()
        .forEach(
            set ->
                line(
                    "| %s | %s | %s |", text(set.name()), text(set.licence()), text(set.source())));
  }

  private void figures() {
    section("What was measured");
    line("| exam | figure | value | 95% interval | n |");
    line("|---|---|---|---|---|");
    for (Measurement one : dossier.measurements()) {
      Subject subject = one.subject();
      line(
          "| %s | %s | %s | %s to %s | %d |",
          text((subject.suite() + " " + subject.hazard()).strip()),
          text(subject.metric().replace('_', ' ')),
          figure(subject, one.value()),
          figure(subject, one.low()),
          figure(subject, one.high()),
          one.n());
    }
    section("What the policy asks, and what was shown");
    line("| figure | asked | met |");
    line("|---|---|---|");
    for (Finding.OfCriterion one : dossier.criteria()) {
      line(
          "| %s | %s | %s |",
          text(one.criterion().subject().toString()), text(one.criterion().condition()), met(one));
    }
    for (Finding.OfCriterion one : dossier.criteria()) {
      Waived waived = one.waived();
      if (waived != null) {
        line("");
        line(
            "**Waived** until %s: %s. Why: %s. Signed by %s.",
            waived.until(),
            text(String.join("; ", one.missed())),
            text(waived.reason()),
            text(String.join(", ", waived.by())));
      }
    }
  }

  private static String met(Finding.OfCriterion one) {
    Waived waived = one.waived();
    return waived != null
        ? "no, waived until " + waived.until()
        : one.reasons().isEmpty() ? "yes" : "no";
  }

  private void limits() {
    section("What this does not say");
    for (String limit : Limits.of(dossier)) {
      line("- %s", text(limit));
    }
  }

  private static String figure(Subject subject, double value) {
    return subject.isShare() ? Figure.percent(value) : Figure.of(value);
  }

  private void section(String title) {
    line("");
    line("## %s", title);
    line("");
  }

  private void row(String name, String value) {
    line("| %s | %s |", name, value);
  }

  private void line(String format, Object... values) {
    out.append(values.length == 0 ? format : format.formatted(values)).append('\n');
  }

  /** Text of others must not become a cell, a tag, a link or a line of its own. */
  private static String text(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u202A-\\u202E\\u2066-\\u2069]+", " ")
        .replaceAll("([\\\\`*_{}\\[\\]<>#|!&])", "\\\\$1");
  }
}
