package dev.forefront.train;

import dev.forefront.model.DType;
import dev.forefront.model.SafeTensors;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.Arrays;

/**
 * What an optimizer remembers of a piece, like the piece.
 *
 * @param name under which the whole parameter's is written
 */
record Moment(String name, Piece piece, Tensor tensor) implements AutoCloseable {

  static Moment zero(String prefix, Piece piece) {
    return new Moment(
        prefix + piece.parameter().name(), piece, Scope.keep(Tensor.zeros(piece.shape())));
  }

  /** Takes the piece's part of what {@link #entry} or all ranks together wrote. */
  void restore(SafeTensors state) {
    float[] whole = state.entry(name, piece.parameter().tensor().shape()).floats();
    int from = piece.offset();
    tensor.set(
        piece.isWhole()
            ? whole
            : Arrays.copyOfRange(whole, from, from + Math.toIntExact(piece.count())));
  }

  /** Of a whole parameter; in its own memory. */
  SafeTensors.Entry entry() {
    return new SafeTensors.Entry(name, DType.F32, tensor.shape(), tensor.memory());
  }

  @Override
  public void close() {
    tensor.close();
  }
}
