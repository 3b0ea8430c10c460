package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors that kernels compute with, all of {@link Panels#LANES} lanes. They stand apart from
 * what holds the numbers: the JVM loads two hundred classes for them, which a model's first tokens
 * do not wait for.
 */
final class Species {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** Two for each lane. */
  static final VectorSpecies<Short> PAIRS = ShortVector.SPECIES_PREFERRED;

  static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Panels.LANES * Short.SIZE));
  static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Panels.BYTES_AT_ONCE * Byte.SIZE));
  static final VectorOperators.Conversion<Integer, Float> AS_FLOATS =
      VectorOperators.Conversion.ofReinterpret(int.class, float.class);

  private Species() {}
}
