package dev.forefront.guard;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One text on its way through all stages. */
final class Inspection {

  private record Open(String stage, Stage.Reader reader) {}

  private final List<Open> readers = new ArrayList<>();
  private final Scanner scanner;

  Inspection(List<Stage> stages, Side side) {
    for (Stage stage : stages) {
      readers.add(new Open(stage.name(), stage.open(side)));
    }
    Consumer<Word> reading = word -> readers.forEach(open -> open.reader.word(word));
    scanner = side == Side.INPUT ? new Scanner(reading) : Scanner.ofStream(reading);
  }

  void read(String text) {
    scanner.read(text);
  }

  /** A message has ended; the next one belongs to the same text. */
  void pause() {
    scanner.finish();
    readers.forEach(open -> open.reader.pause());
  }

  void finish() {
    scanner.finish();
    readers.forEach(open -> open.reader.finish());
  }

  /** How many chars have been judged for good; nothing while a stage waits for more words. */
  long settledTo() {
    for (Open open : readers) {
      if (!open.reader.settled()) {
        return 0;
      }
    }
    return scanner.settledTo();
  }

  /** The block with the highest score, or null. */
  Verdict.@Nullable Block block() {
    if (scanner.overrun()) {
      return Watchdog.failure("the text is encoded in more ways than can be read");
    }
    Verdict.Block worst = null;
    for (Open open : readers) {
      for (Signal signal : open.reader.signals()) {
        if (!signal.isSound()) {
          return Watchdog.failure("the stage " + open.stage + " answered no score from 0 to 1");
        }
        if (signal.blocks() && (worst == null || signal.score() > worst.score())) {
          worst =
              new Verdict.Block(
                  signal.hazard(),
                  open.stage,
                  signal.score(),
                  signal.explanation(),
                  signal.layers());
        }
      }
    }
    return worst;
  }

  /** The score of the first stage's signal of this number; 0 where there is none. */
  double score(int signal) {
    List<Signal> signals = readers.getFirst().reader.signals();
    return signal < signals.size() ? signals.get(signal).score() : 0;
  }

  boolean suspicious() {
    for (Open open : readers) {
      for (Signal signal : open.reader.signals()) {
        if (signal.suspicious()) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The highest score as a share of its limit: 1 where it just blocks; 0 where nothing was seen.
   */
  double pressure() {
    Signal worst = worst();
    return worst == null ? 0 : worst.score() / worst.limit();
  }

  /** The hazard of the highest score. */
  Hazard hazard() {
    Signal worst = worst();
    return worst == null ? Hazard.UNKNOWN : worst.hazard();
  }

  private @Nullable Signal worst() {
    Signal worst = null;
    for (Open open : readers) {
      for (Signal signal : open.reader.signals()) {
        if (worst == null || signal.score() / signal.limit() > worst.score() / worst.limit()) {
          worst = signal;
        }
      }
    }
    return worst;
  }

  /** The highest score that any stage gave; 0 where nothing was seen. */
  double score() {
    double highest = 0;
    for (Open open : readers) {
      for (Signal signal : open.reader.signals()) {
        highest = signal.isSound() ? Math.max(highest, signal.score()) : 1;
      }
    }
    return highest;
  }

  /** The highest score that any stage gave to each hazard. */
  Map<Hazard, Double> hazards() {
    Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
    for (Open open : readers) {
      open.reader.hazards().forEach((hazard, score) -> hazards.merge(hazard, score, Math::max));
    }
    return hazards;
  }
}
