package dev.forefront.serve;

/**
 * Finds where a JSON object or list ends that grows, by its brackets and quotes alone: whether it
 * is JSON is for a parser to say. Each character is looked at once.
 */
final class JsonEnd {
  private int at;
  private int end = -1;
  private int depth;
  private boolean text;
  private boolean escaped;

  /**
   * One past the last character of the value.
   *
   * @param from where it begins, with a bracket
   * @return -1 while it has not ended
   */
  int find(CharSequence json, int from) {
    if (end >= 0) {
      return end;
    }
    for (at = Math.max(at, from); at < json.length(); at++) {
      char c = json.charAt(at);
      if (text) {
        if (escaped) {
          escaped = false;
        } else if (c == '\\') {
          escaped = true;
        } else if (c == '"') {
          text = false;
        }
      } else if (c == '"') {
        text = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        end = at + 1;
        return end;
      }
    }
    return -1;
  }
}
