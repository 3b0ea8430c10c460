package dev.forefront.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The share of harmless texts that a guard may block. */
final class FalseAlarms implements ITypeConverter<Double> {

  @Override
  public Double convert(String given) {
    double share;
    try {
      share = Double.parseDouble(given);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'%s' is no number".formatted(given));
    }
    if (!(share > 0 && share < 0.5)) {
      throw new TypeConversionException("must be above 0 and below 0.5, not " + given);
    }
    return share;
  }
}
