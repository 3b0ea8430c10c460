package dev.forefront.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** One reading of the whole log, its kept texts and its cosigned checkpoints. */
final class Reading {
  private final LogFolder files;
  private final Pins pins;
  private final Consumer<Entry> reader;

  Reading(LogFolder files, Pins pins, Consumer<Entry> reader) {
    this.files = files;
    this.pins = pins;
    this.reader = reader;
  }

  Verification verify() {
    try (TextAudit texts = new TextAudit(files.texts())) {
      Verifier verifier =
          new Verifier(
              files,
              pins,
              (entry, line) -> {
                texts.entry(entry);
                reader.accept(entry);
              });
      return switch (verifier.verify()) {
        case Verification.Broken broken -> broken;
        case Verification.Intact intact -> intact.with(texts.counts());
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
