package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An entry of a labelled set that knows where it stands, so that what is wrong with it can be
 * found.
 *
 * @param set the set's name
 * @param file inside the set
 * @param line where the entry begins, from 1
 * @param number of the entry in its file, from 1
 * @param section name of the list it is in, where a file has several; else empty
 * @param entry its fields; a table's cells are texts
 */
record SetRow(String set, String file, int line, int number, String section, JsonNode entry) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The rows of a table, the values of JSON lines, or the elements of a JSON file's lists. */
  static List<SetRow> of(SetFile file, DataSet set) {
    Rows rows = new Rows(set.name(), file.name());
    if (file.name().endsWith(".csv")) {
      for (Csv.Row row : Csv.rows(file.text())) {
        rows.add(row);
      }
    } else if (file.name().endsWith(".jsonl")) {
      int line = 0;
      for (String text : file.text().split("\n", -1)) {
        line++;
        if (!text.isBlank()) {
          rows.addAll(text, line, "");
        }
      }
    } else {
      rows.addLists(file.text());
    }
    return rows.list;
  }

  private static final class Rows {
    private final List<SetRow> list = new ArrayList<>();
    private final String set;
    private final String file;

    Rows(String set, String file) {
      this.set = set;
      this.file = file;
    }

    private void add(JsonNode entry, int line, String section) {
      list.add(new SetRow(set, file, line, list.size() + 1, section, entry));
    }

    void add(Csv.Row row) {
      ObjectNode cells = JSON.createObjectNode();
      row.cells().forEach(cells::put);
      add(cells, row.line(), "");
      if (row.width() != row.names()) {
        throw list.getLast().bad("has %d cells under %d names".formatted(row.width(), row.names()));
      }
    }

    void addAll(String json, int line, String section) {
      try {
        add(JSON.readTree(json), line, section);
      } catch (StreamReadException e) {
        throw noJson(e, line);
      }
    }

    /** One list, or an object that holds lists among other things. */
    void addLists(String json) {
      try (JsonParser parser = JSON.createParser(json)) {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_ARRAY) {
          addList(parser, "");
        } else if (first == JsonToken.START_OBJECT) {
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String section = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY) {
              addList(parser, section);
            } else {
              parser.skipChildren();
            }
          }
        }
      } catch (JacksonException e) {
        int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
        throw noJson(e, line);
      }
    }

    private void addList(JsonParser parser, String section) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        int line = parser.currentTokenLocation().getLineNr();
        add(parser.readValueAsTree(), line, section);
      }
    }

    private BadInputException noJson(JacksonException e, int line) {
      return new BadInputException(
          "%s/%s line %d is no JSON (%s): pull the set again"
              .formatted(set, file, line, e.getOriginalMessage()),
          e);
    }
  }

  /** A field's text, stripped; it must be there. */
  String text(String name) {
    String text = optional(name);
    if (text.isEmpty()) {
      throw bad("has no " + name);
    }
    return text;
  }

  /** A field's text, stripped, or empty. */
  String optional(String name) {
    return entry.path(name).asString("").strip();
  }

  /** A field that is 0 or 1 where it is there. */
  OptionalInt flag(String name) {
    JsonNode value = entry.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalInt.empty();
    }
    String text = value.asString("");
    if (!text.equals("0") && !text.equals("1")) {
      throw bad("has the %s %s, which is neither 0 nor 1".formatted(name, value));
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  BadInputException bad(String what) {
    return new BadInputException(
        "%s/%s line %d (entry %d) %s: it is not the file that the catalogue knows; pull the set again"
            .formatted(set, file, line, number, what));
  }

  /** A text of this entry that stands alone. */
  Labelled alone(Labelled.Kind kind, String text, Judgement judgement, String template) {
    return labelled("", kind, new Conversation(List.of()), text, judgement, template);
  }

  /**
   * A text of this entry.
   *
   * @param part which of the entry's texts, or empty where it has one
   * @param template that it was made from, or empty
   */
  Labelled labelled(
      String part,
      Labelled.Kind kind,
      Conversation context,
      String text,
      Judgement judgement,
      String template) {
    String id = "%s#%d%s".formatted(file, number, part.isEmpty() ? "" : "/" + part);
    return new Labelled(
        set,
        id,
        kind,
        context,
        text,
        judgement.harm(),
        judgement.hazards(),
        judgement.category(),
        template);
  }
}
