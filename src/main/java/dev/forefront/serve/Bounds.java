package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.LanguageModel;
import java.util.Optional;

/**
 * What a request can ask of the model that is served.
 *
 * @param calls how it calls tools, where it knows any
 */
record Bounds(int contextLength, SchemaForms forms, Optional<CallFormat> calls) {
  static Bounds of(LanguageModel model) {
    return new Bounds(model.contextLength(), new SchemaForms(), model.callFormat());
  }
}
