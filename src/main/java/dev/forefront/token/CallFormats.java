package dev.forefront.token;

import dev.forefront.conversation.CallFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds out from a template's text how a model of its kind calls tools. */
final class CallFormats {
  private static final Pattern TOOLS = Pattern.compile("\\btools\\b");
  private static final Pattern PARAMETERS = Pattern.compile("\\\\?\"parameters\\\\?\":\\s*['\"]");

  private static final List<String> LLAMA_MARKS =
      List.of("<|start_header_id|>", CallFormat.LLAMA.opening());

  /** Marks of other ways, which share some of theirs with those that are known. */
  private static final List<String> OTHERS =
      List.of("<function=", "<arg_key>", "[ARGS]", "[CALL_ID]");

  private CallFormats() {}

  /**
   * @param template in the language of the model hubs
   * @return empty where it shows no tools to the model, or calls in another way
   */
  static Optional<CallFormat> of(String template) {
    if (!TOOLS.matcher(template).find()
        || !template.contains("tool_call")
        || OTHERS.stream().anyMatch(template::contains)) {
      return Optional.empty();
    }
    for (CallFormat format : List.of(CallFormat.HERMES, CallFormat.MISTRAL)) {
      if (template.contains(format.opening())) {
        return Optional.of(format);
      }
    }
    boolean llama =
        LLAMA_MARKS.stream().anyMatch(template::contains) && PARAMETERS.matcher(template).find();
    return llama ? Optional.of(CallFormat.LLAMA) : Optional.empty();
  }
}
