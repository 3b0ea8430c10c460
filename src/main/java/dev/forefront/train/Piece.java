package dev.forefront.train;

import dev.forefront.model.Transformer.Kind;
import dev.forefront.model.Transformer.Parameter;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a parameter, or all of it: what one optimizer updates.
 *
 * @param from first row
 * @param rows of its first dimension, at least 1
 */
record Piece(Parameter parameter, long from, long rows) {

  static Piece whole(Parameter parameter) {
    return new Piece(parameter, 0, parameter.tensor().size(0));
  }

  /** The matrices that lie in it, one below the other. */
  List<Piece> matrices() {
    List<Piece> matrices = new ArrayList<>();
    long at = 0;
    for (long own : parameter.rows()) {
      if (at >= from && at + own <= from + rows) {
        matrices.add(new Piece(parameter, at, own));
      }
      at += own;
    }
    return matrices;
  }

  boolean isWhole() {
    return rows == parameter.tensor().size(0);
  }

  Kind kind() {
    return parameter.kind();
  }

  /** Shares memory with the parameter. */
  Tensor weights() {
    return of(parameter.tensor());
  }

  boolean hasGradient() {
    return parameter.tensor().hasGradient();
  }

  Tensor gradient() {
    return of(parameter.tensor().gradient());
  }

  private Tensor of(Tensor whole) {
    try (Torch.NoGrad _ = Torch.noGrad()) {
      return isWhole() ? whole : whole.narrow(0, from, rows);
    }
  }

  long[] shape() {
    long[] shape = parameter.tensor().shape();
    shape[0] = rows;
    return shape;
  }

  /** Numbers in a row. */
  long width() {
    return parameter.tensor().count() / parameter.tensor().size(0);
  }

  long count() {
    return rows * width();
  }

  /** The place of its first number in the parameter. */
  int offset() {
    return Math.toIntExact(from * width());
  }
}
