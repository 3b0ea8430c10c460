package dev.forefront.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A stage whose answers are set from outside, and that remembers the plain words it heard. */
final class PlainStage implements Stage {
  final List<String> heard = new ArrayList<>();
  List<Signal> signals = new ArrayList<>();
  boolean settled = true;
  int paused;
  int finished;
  Consumer<String> reaction = word -> {};

  static Signal signal(double score, double limit) {
    return new Signal(Hazard.S1, score, limit, "said so");
  }

  /** Blocks from one word on. */
  PlainStage blocking(String word) {
    reaction =
        heard -> {
          if (heard.equals(word)) {
            signals.add(signal(1, 0.5));
          }
        };
    return this;
  }

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Reader open(Side side) {
    return new Reader() {
      @Override
      public void word(Word word) {
        if (word.reading() == Word.Reading.PLAIN) {
          heard.add(word.text());
          reaction.accept(word.text());
        }
      }

      @Override
      public List<Signal> signals() {
        return signals;
      }

      @Override
      public boolean settled() {
        return settled;
      }

      @Override
      public void pause() {
        paused++;
      }

      @Override
      public void finish() {
        finished++;
      }
    };
  }
}
