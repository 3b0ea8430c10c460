package dev.forefront.evaluate;

import dev.forefront.conversation.LanguageModel;
import java.util.function.LongConsumer;

/** Something to measure about any model. A suite is immutable and may be measured many times. */
public interface Suite {

  String name();

  /** How many items it has: replies, pairs or texts. */
  long items();

  /** {@code sha256:<hex>} of the items. */
  String digest();

  /**
   * Measures; a failure of the model on one item is counted and named, and the rest goes on.
   *
   * @param done called with the number of finished items, from any thread
   */
  Measurement measure(LanguageModel model, EvaluationSettings settings, LongConsumer done);
}
