package dev.forefront.serve;

import dev.forefront.guard.Hazard;
import dev.forefront.guard.Side;
import dev.forefront.guard.Signal;
import dev.forefront.guard.Stage;
import dev.forefront.guard.Word;
import java.util.ArrayList;
import java.util.List;

/** Blocks texts with the word "forbidden", on both sides. */
final class ForbiddenWord implements Stage {

  @Override
  public String name() {
    return "words";
  }

  @Override
  public Reader open(Side side) {
    List<Signal> seen = new ArrayList<>();
    return new Reader() {
      @Override
      public void word(Word word) {
        if (word.text().equals("forbidden")) {
          seen.add(new Signal(Hazard.S2, 1, 0.5, "the word was there"));
        }
      }

      @Override
      public List<Signal> signals() {
        return seen;
      }
    };
  }
}
