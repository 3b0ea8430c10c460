package dev.forefront.serve;

import dev.forefront.serve.Kept.Dialogue;
import dev.forefront.serve.Kept.Heading;
import dev.forefront.serve.Kept.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /api/conversations}: what the chat page keeps between visits, for the browser that began
 * it alone.
 */
final class ConversationsApi {
  static final long MOST_BYTES = 8L << 20;
  private static final int MOST_TURNS = 2_000;
  private static final int LONGEST_TITLE = 200;
  private static final int LONGEST_NOTICE = 10_000;
  private static final int MOST_LISTED = 1_000;
  private static final Set<String> ROLES = Set.of("user", "assistant");
  private static final Set<String> STATUSES = Set.of("done", "stopped", "refused", "failed");

  private final Conversations conversations;
  private final Bodies bodies;

  ConversationsApi(Conversations conversations, Bodies bodies) {
    this.conversations = conversations;
    this.bodies = bodies;
  }

  void list(Call call) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    ArrayNode list = answer.putArray("conversations");
    conversations
        .list(owner(call), limit(call, 100, MOST_LISTED))
        .forEach(one -> list.add(json(one)));
    call.send(200, answer);
  }

  /** The query's {@code limit}. */
  static int limit(Call call, int usual, int most) {
    String text = call.request().query().first("limit").orElse(String.valueOf(usual));
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= most) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw ApiException.invalid("limit", "must be a whole number from 1 to %,d".formatted(most));
  }

  void create(Call call) {
    String title =
        call.request().content().hasEntity()
            ? bodies.read(call, MOST_BYTES, body -> title(Fields.of(body)))
            : "";
    call.send(201, withTurns(new Dialogue(conversations.create(owner(call), title), List.of())));
  }

  void get(Call call) {
    call.send(
        200,
        withTurns(
            conversations.find(owner(call), id(call)).orElseThrow(ConversationsApi::notFound)));
  }

  void replace(Call call) {
    String id = id(call);
    ObjectNode answer =
        bodies.read(
            call,
            MOST_BYTES,
            body -> {
              Fields fields = Fields.of(body);
              List<Turn> turns = turns(fields);
              Heading heading =
                  conversations
                      .replace(owner(call), id, title(fields), turns)
                      .orElseThrow(ConversationsApi::notFound);
              return withTurns(new Dialogue(heading, turns));
            });
    call.send(200, answer);
  }

  void delete(Call call) {
    if (!conversations.delete(owner(call), id(call))) {
      throw notFound();
    }
    call.response().status(204).send();
  }

  private static String owner(Call call) {
    return Tenants.owner(call.request().headers());
  }

  private static String id(Call call) {
    return call.request().path().pathParameters().get("id");
  }

  private static ApiException notFound() {
    return ApiException.of(Problem.NOT_FOUND, "there is no conversation of this id");
  }

  private static String title(Fields fields) {
    String title = fields.textIfAny("title").orElse("").strip();
    if (title.length() > LONGEST_TITLE) {
      throw ApiException.invalid(
          "title", "must have at most %d characters".formatted(LONGEST_TITLE));
    }
    return title;
  }

  private static List<Turn> turns(Fields fields) {
    List<Turn> turns = new ArrayList<>();
    List<Fields.Element> told = fields.list("messages");
    if (told.size() > MOST_TURNS) {
      throw ApiException.invalid(
          "messages", "must have at most %,d messages".formatted(MOST_TURNS));
    }
    for (Fields.Element one : told) {
      Fields turn = one.fields();
      turns.add(
          new Turn(
              oneOf(turn, "role", ROLES),
              turn.text("content"),
              turn.has("status") ? oneOf(turn, "status", STATUSES) : "done",
              notice(turn)));
    }
    return turns;
  }

  private static String oneOf(Fields turn, String name, Set<String> names) {
    String text = turn.text(name);
    if (!names.contains(text)) {
      throw ApiException.invalid(
          turn.place(name),
          "must be one of " + String.join(", ", names.stream().sorted().toList()));
    }
    return text;
  }

  private static @Nullable String notice(Fields turn) {
    if (!turn.has("notice")) {
      return null;
    }
    JsonNode notice = turn.any("notice");
    String text = notice.toString();
    if (!notice.isObject() || text.length() > LONGEST_NOTICE) {
      throw ApiException.invalid(turn.place("notice"), "must be an object, and a small one");
    }
    return text;
  }

  private static ObjectNode json(Heading heading) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("id", heading.id());
    node.put("title", heading.title());
    node.put("created", heading.created().toString());
    node.put("updated", heading.updated().toString());
    return node;
  }

  private static ObjectNode withTurns(Dialogue dialogue) {
    ObjectNode node = json(dialogue.heading());
    ArrayNode messages = node.putArray("messages");
    for (Turn turn : dialogue.turns()) {
      ObjectNode one = messages.addObject();
      one.put("role", turn.role());
      one.put("content", turn.content());
      one.put("status", turn.status());
      if (turn.notice() == null) {
        one.putNull("notice");
      } else {
        one.set("notice", JsonMapper.shared().readTree(turn.notice()));
      }
    }
    return node;
  }
}
