package dev.forefront.data;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Documents under a name.
 *
 * @param name the set's; its documents carry it as their source
 * @param documents opens them; the stream is closed by who asked for it
 */
public record DocumentSource(String name, Supplier<Stream<? extends Document>> documents) {

  /** Documents that are in memory already. */
  public static DocumentSource of(String name, List<? extends Document> documents) {
    return new DocumentSource(name, documents::stream);
  }
}
