package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * From sets to a corpus: every document is checked, redacted, compared with the held-out tasks and
 * with all earlier ones, and written to {@code corpus.jsonl} beside a {@code manifest.json}. One
 * pass; memory grows with the number of documents, not with their length.
 */
public final class DataPipeline {
  private final Cleaning cleaning;
  private final HeldOut heldOut;

  public DataPipeline(Cleaning cleaning, HeldOut heldOut) {
    this.cleaning = cleaning;
    this.heldOut = heldOut;
  }

  /**
   * @param folder gets {@code corpus.jsonl}, then {@code manifest.json}
   * @param progress hears the number of documents read so far
   * @throws BadInputException where nothing is left
   */
  public Manifest run(List<DocumentSource> sources, Path folder, LongConsumer progress) {
    Cleaner cleaner = new Cleaner(cleaning, heldOut);
    Path corpus = folder.resolve(Corpus.FILE);
    Corpus.write(
        corpus,
        out -> {
          if (feed(sources, cleaner, out, progress) == 0) {
            throw new BadInputException(
                "no document is left to learn from: " + manifest(cleaner, Map.of()).summary());
          }
        });
    Manifest manifest = manifest(cleaner, Map.of(Corpus.FILE, Sha256.hex(corpus)));
    manifest.write(folder);
    return manifest;
  }

  private Manifest manifest(Cleaner cleaner, Map<String, String> files) {
    return new Manifest(Manifest.FORMAT, cleaning, cleaner.sources(), cleaner.redacted(), files);
  }

  /** Returns how many documents were kept. */
  private static long feed(
      List<DocumentSource> sources,
      Cleaner cleaner,
      Consumer<Document> out,
      LongConsumer progress) {
    long[] read = new long[1];
    long[] kept = new long[1];
    for (DocumentSource source : sources) {
      try (Stream<? extends Document> documents = source.documents().get()) {
        documents.forEachOrdered(
            document -> {
              progress.accept(++read[0]);
              cleaner
                  .clean(document)
                  .ifPresent(
                      clean -> {
                        kept[0]++;
                        out.accept(clean);
                      });
            });
      }
    }
    return kept[0];
  }
}
