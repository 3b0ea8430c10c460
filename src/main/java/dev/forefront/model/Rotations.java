package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.tensor.Rotation;
import java.util.function.DoubleUnaryOperator;

/** How a model's layers turn queries and keys at each place of its context; kept until closed. */
final class Rotations implements AutoCloseable {
  private static final long MOST = 1L << 28;

  private final Attending attending;
  private final Rotation plain;
  private final Rotation windowed;

  Rotations(ModelConfig config) {
    attending = config.attending();
    plain = rotation(config, config.rope());
    Rope own = attending.windowedRope();
    windowed = own == null ? plain : rotation(config, own);
  }

  private static Rotation rotation(ModelConfig config, Rope rope) {
    float[] frequencies = rope.frequencies(config.headSize());
    if ((long) config.contextLength() * frequencies.length > MOST) {
      throw new BadInputException(
          "a context of %,d tokens is too long for the trainable model"
              .formatted(config.contextLength()));
    }
    return new Rotation(
        frequencies.length,
        of(config, rope, frequencies, Math::cos),
        of(config, rope, frequencies, Math::sin));
  }

  private static float[] of(
      ModelConfig config, Rope rope, float[] frequencies, DoubleUnaryOperator function) {
    float[] values = new float[config.contextLength() * frequencies.length];
    for (int position = 0; position < config.contextLength(); position++) {
      for (int i = 0; i < frequencies.length; i++) {
        // The reference multiplies in float32; doing the same keeps far positions equal.
        float angle = position * frequencies[i];
        values[position * frequencies.length + i] =
            (float) function.applyAsDouble(angle) * rope.attentionFactor();
      }
    }
    return values;
  }

  Rotation of(int layer) {
    return attending.windowed().get(layer) ? windowed : plain;
  }

  @Override
  public void close() {
    plain.close();
    if (windowed != plain) {
      windowed.close();
    }
  }
}
