package dev.forefront.data.sets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Comma-separated values with quotes (RFC 4180); a lone {@code \n} ends a row too. */
final class Csv {
  private final String text;
  private int at;

  private Csv(String text) {
    this.text = text;
  }

  /** Rows after the first, each by the first row's names, in their order. */
  static List<Map<String, String>> read(String text) {
    Csv csv = new Csv(text);
    List<Map<String, String>> rows = new ArrayList<>();
    List<String> names = csv.row();
    while (csv.at < text.length()) {
      List<String> cells = csv.row();
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < Math.min(names.size(), cells.size()); i++) {
        row.put(names.get(i), cells.get(i));
      }
      if (cells.size() > 1 || !cells.getFirst().isEmpty()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private List<String> row() {
    List<String> cells = new ArrayList<>();
    while (true) {
      cells.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
      if (at >= text.length()) {
        return cells;
      }
      char end = text.charAt(at++);
      if (end == '\n') {
        return cells;
      }
    }
  }

  private String plain() {
    int begin = at;
    while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
      at++;
    }
    String cell = text.substring(begin, at);
    return cell.endsWith("\r") ? cell.substring(0, cell.length() - 1) : cell;
  }

  private String quoted() {
    StringBuilder cell = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        cell.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        cell.append('"');
        at++;
      } else {
        break;
      }
    }
    return cell + plain();
  }
}
