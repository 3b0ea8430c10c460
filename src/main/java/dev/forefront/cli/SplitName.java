package dev.forefront.cli;

import dev.forefront.token.Split;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a new vocabulary cuts text, by its name in GGUF files. */
final class SplitName implements ITypeConverter<Split> {

  @Override
  public Split convert(String given) {
    List<String> names = Arrays.stream(Split.values()).map(Split::toString).toList();
    int place = names.indexOf(given);
    if (place < 0) {
      String instead = Split.insteadOf().get(given);
      throw new TypeConversionException(
          "must be one of %s, not %s%s"
              .formatted(
                  String.join(", ", names),
                  given,
                  instead == null ? Spelling.didYouMean(given, names) : "; " + instead));
    }
    return Split.values()[place];
  }
}
