package dev.forefront.data.sets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Comma-separated values with quotes (RFC 4180); a lone {@code \n} ends a row too. */
final class Csv {
  private final String text;
  private int at;
  private int line = 1;
  private int counted;

  /**
   * One row.
   *
   * @param line where it begins, from 1
   * @param cells by the first row's names, in their order
   * @param width cells that it has, also where there are more or fewer than names
   * @param names how many names the first row has
   */
  record Row(int line, Map<String, String> cells, int width, int names) {}

  private Csv(String text) {
    this.text = text;
  }

  /** Rows after the first, each by the first row's names, in their order. */
  static List<Map<String, String>> read(String text) {
    return rows(text).stream().map(Row::cells).toList();
  }

  /** The same rows with their places. */
  static List<Row> rows(String text) {
    Csv csv = new Csv(text);
    List<Row> rows = new ArrayList<>();
    List<String> names = csv.row();
    while (csv.at < text.length()) {
      int line = csv.line();
      List<String> cells = csv.row();
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < Math.min(names.size(), cells.size()); i++) {
        row.put(names.get(i), cells.get(i));
      }
      if (cells.size() > 1 || !cells.getFirst().isEmpty()) {
        rows.add(new Row(line, row, cells.size(), names.size()));
      }
    }
    return rows;
  }

  private int line() {
    for (; counted < at; counted++) {
      line += text.charAt(counted) == '\n' ? 1 : 0;
    }
    return line;
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
