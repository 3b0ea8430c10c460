package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Quantised matrices in safetensors, which has no type for them: bytes, a row of whole blocks in
 * each row, under the weight's name and that of its encoding ({@code
 * model.layers.0.mlp.down_proj.weight:Q8_0}).
 */
final class Packed {
  private static final char MARK = ':';

  private Packed() {}

  static String name(String weight, Encoding encoding) {
    return weight + MARK + encoding.name();
  }

  /** The weight that a tensor of this name holds. */
  static String weightOf(String tensor) {
    int mark = tensor.lastIndexOf(MARK);
    return mark < 0 ? tensor : tensor.substring(0, mark);
  }

  /**
   * All weights of files under their own names, packed ones as what they stand for.
   *
   * @throws BadInputException where a packed weight is misshapen, or there twice
   */
  static Map<String, Weight> weights(SafeTensors tensors) {
    Map<String, Weight> weights = new TreeMap<>();
    tensors
        .entries()
        .forEach(
            (name, entry) -> {
              String own = weightOf(name);
              Weight weight =
                  own.equals(name)
                      ? Weight.of(entry)
                      : packed(own, entry, name.substring(own.length() + 1));
              if (weights.put(own, weight) != null) {
                throw new BadInputException(
                    "the weights hold tensor %s twice, in two encodings"
                        .formatted(Foreign.shown(own)));
              }
            });
    return weights;
  }

  private static Weight packed(String name, SafeTensors.Entry entry, String written) {
    Encoding encoding =
        Encoding.ofName(written)
            .filter(Encoding::isQuantized)
            .orElseThrow(
                () ->
                    new BadInputException(
                        "tensor %s has the encoding %s, which is not known"
                            .formatted(Foreign.shown(name), Foreign.shown(written))));
    long[] shape = entry.shape();
    if (entry.type() != DType.U8
        || shape.length != 2
        || shape[1] < encoding.blockBytes()
        || shape[1] % encoding.blockBytes() != 0) {
      throw new BadInputException(
          "tensor %s holds no rows of whole %s blocks".formatted(Foreign.shown(name), encoding));
    }
    long columns = shape[1] / encoding.blockBytes() * encoding.blockSize();
    return new Weight(name, encoding, new long[] {shape[0], columns}, entry.data(), 0, 0);
  }
}
