package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer.Kind;
import dev.forefront.model.Transformer.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Changes pieces of parameters by their gradients, and remembers what it needs for that. */
interface Optimizer extends AutoCloseable {

  /**
   * One update; parameters without a gradient stay as they are.
   *
   * @param share of the peak rate that is due now
   * @param scale of the gradients
   */
  void update(double share, double scale);

  /** What it remembers, in the order of its pieces. */
  List<Moment> moments();

  /** What it counts, whatever its pieces are. */
  List<SafeTensors.Entry> counters();

  /**
   * Both, as they are until the next update: to be written before it. Of an optimizer whose pieces
   * are whole parameters.
   */
  default List<SafeTensors.Entry> state() {
    return Stream.concat(moments().stream().map(Moment::entry), counters().stream()).toList();
  }

  /** Remembers what {@link #state} gave. */
  void restore(SafeTensors state);

  @Override
  void close();

  /** Of all parameters. */
  static Optimizer of(List<Parameter> parameters, Recipe.Optimizer settings) {
    return ofPieces(parameters.stream().map(Piece::whole).toList(), settings);
  }

  /** Of all parameters, shared among ranks. */
  static Optimizer of(List<Parameter> parameters, Recipe.Optimizer settings, Ranks ranks) {
    if (ranks.size() == 1) {
      return of(parameters, settings);
    }
    List<List<Piece>> shares = Shares.of(parameters, settings.kind(), ranks.size());
    Optimizer own = ofPieces(shares.get(ranks.rank()), settings);
    return new ShardedOptimizer(own, shares, settings.kind(), ranks.group());
  }

  /** Of some pieces, those of Muon first. */
  static Optimizer ofPieces(List<Piece> pieces, Recipe.Optimizer settings) {
    return switch (settings.kind()) {
      case ADAMW -> new AdamW(pieces, settings);
      case MUON ->
          new Both(
              new Muon(
                  pieces.stream().filter(piece -> piece.kind() == Kind.MATRIX).toList(),
                  settings.muon()),
              new AdamW(
                  pieces.stream().filter(piece -> piece.kind() != Kind.MATRIX).toList(), settings));
    };
  }

  /** Names of what is remembered of a piece, in order. */
  static List<String> remembered(Piece piece, Recipe.Method kind) {
    List<String> prefixes =
        kind == Recipe.Method.MUON && piece.kind() == Kind.MATRIX ? Muon.PREFIXES : AdamW.PREFIXES;
    return prefixes.stream().map(prefix -> prefix + piece.parameter().name()).toList();
  }

  /** Two, each with its own pieces. */
  record Both(Optimizer one, Optimizer other) implements Optimizer {
    @Override
    public void update(double share, double scale) {
      one.update(share, scale);
      other.update(share, scale);
    }

    @Override
    public List<Moment> moments() {
      return joined(one.moments(), other.moments());
    }

    @Override
    public List<SafeTensors.Entry> counters() {
      return joined(one.counters(), other.counters());
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
      List<T> all = new ArrayList<>(first);
      all.addAll(second);
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
