package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer.Kind;
import dev.forefront.model.Transformer.Parameter;
import java.util.ArrayList;
import java.util.List;

/** Changes parameters by their gradients, and remembers what it needs for that. */
interface Optimizer extends AutoCloseable {

  /**
   * One update; parameters without a gradient stay as they are.
   *
   * @param share of the peak rate that is due now
   * @param scale of the gradients
   */
  void update(double share, double scale);

  /** What it remembers, copied out. */
  List<SafeTensors.Entry> state();

  /** Remembers what {@link #state} gave. */
  void restore(SafeTensors state);

  @Override
  void close();

  static Optimizer of(List<Parameter> parameters, Recipe.Optimizer settings) {
    return switch (settings.kind()) {
      case ADAMW -> new AdamW(parameters, settings);
      case MUON ->
          new Both(
              new Muon(
                  parameters.stream().filter(p -> p.kind() == Kind.MATRIX).toList(),
                  settings.muon()),
              new AdamW(
                  parameters.stream().filter(p -> p.kind() != Kind.MATRIX).toList(), settings));
    };
  }

  /** Two, each with its own parameters. */
  record Both(Optimizer one, Optimizer other) implements Optimizer {
    @Override
    public void update(double share, double scale) {
      one.update(share, scale);
      other.update(share, scale);
    }

    @Override
    public List<SafeTensors.Entry> state() {
      List<SafeTensors.Entry> all = new ArrayList<>(one.state());
      all.addAll(other.state());
      return all;
    }

    @Override
    public void restore(SafeTensors state) {
      one.restore(state);
      other.restore(state);
    }

    @Override
    public void close() {
      one.close();
      other.close();
    }
  }
}
