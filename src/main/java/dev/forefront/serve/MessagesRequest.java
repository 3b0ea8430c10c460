package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Form;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What {@code POST /v1/messages} asks for. Fields that nobody here knows are passed over; those
 * that ask for what cannot be done are refused.
 */
record MessagesRequest(Conversation conversation, Sampling sampling, boolean stream) {
  private static final int MOST_MESSAGES = 100_000;

  /**
   * @throws ApiException naming the field that is wrong
   */
  static MessagesRequest read(JsonNode body, int contextLength, SchemaForms forms) {
    Fields fields = Fields.of(body);
    fields.text("model");
    Conversation conversation = conversation(fields);
    long most =
        fields
            .whole("max_tokens", 1, Integer.MAX_VALUE)
            .orElseThrow(() -> ApiException.invalid("max_tokens", "is missing"));
    fields.textIfAny("service_tier");
    if (fields.has("metadata")) {
      Fields.of(fields.any("metadata"), "metadata").textIfAny("user_id");
    }
    Form form = form(fields, forms);
    List<String> stops = SamplingFields.stops(fields.list("stop_sequences"));
    SamplingFields.requireAlone(form, stops, "stop_sequences", conversation);
    Sampling sampling =
        new Sampling(
            SamplingFields.temperature(fields),
            SamplingFields.cutoffs(fields),
            Penalties.NONE,
            List.of(),
            0,
            (int) Math.min(most, contextLength),
            stops,
            SamplingFields.anySeed(),
            Sampling.NO_LOGPROBS,
            form);
    return new MessagesRequest(conversation, sampling, fields.flag("stream"));
  }

  private static Form form(Fields fields, SchemaForms forms) {
    if (!fields.has("output_config")) {
      return Form.FREE;
    }
    Fields output = Fields.of(fields.any("output_config"), "output_config");
    if (!output.has("format")) {
      return Form.FREE;
    }
    Fields format = Fields.of(output.any("format"), output.place("format"));
    if (!format.text("type").equals("json_schema")) {
      throw ApiException.invalid(format.place("type"), "must be json_schema");
    }
    if (!format.has("schema")) {
      throw ApiException.invalid(format.place("schema"), "is missing");
    }
    return forms.of(format.any("schema"), format.place("schema"));
  }

  /** System text and messages, without anything about how to reply. */
  static Conversation conversation(Fields fields) {
    fields.refuse("tools", "tools are not supported by this server: leave them out");
    fields.refuse("mcp_servers", "is not supported by this server: leave it out");
    List<Message> messages = new ArrayList<>();
    if (fields.has("system")) {
      String system = content(fields.any("system"), "system");
      if (!system.isEmpty()) {
        messages.add(Message.system(system));
      }
    }
    List<Fields.Element> told = fields.list("messages");
    if (told.isEmpty()) {
      throw ApiException.invalid("messages", "must have at least one message");
    }
    if (told.size() > MOST_MESSAGES) {
      throw ApiException.invalid(
          "messages", "must have at most %,d messages".formatted(MOST_MESSAGES));
    }
    for (Fields.Element one : told) {
      Fields message = one.fields();
      messages.add(
          new Message(role(message), content(message.any("content"), message.place("content"))));
    }
    return new Conversation(messages);
  }

  private static Role role(Fields message) {
    String name = message.text("role");
    try {
      return Role.ofWireName(name);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(message.place("role"), "must be one of user, assistant, system");
    }
  }

  /** A string, or blocks of which each must be text. */
  static String content(JsonNode value, String place) {
    if (value.isMissingNode() || value.isNull()) {
      throw ApiException.invalid(place, "is missing");
    }
    if (!value.isArray()) {
      return Fields.text(value, place);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.size(); i++) {
      block(Fields.of(value.get(i), place + "." + i)).ifPresent(text::append);
    }
    return text.toString();
  }

  private static Optional<String> block(Fields block) {
    String type = block.text("type");
    return switch (type) {
      case "text" -> Optional.of(block.text("text"));
      // Thoughts of an earlier turn are the model's own notes, not part of the conversation.
      case "thinking", "redacted_thinking" -> Optional.empty();
      default ->
          throw ApiException.invalid(
              block.place("type"), "must be text: this server reads no other blocks");
    };
  }
}
