package dev.forefront.audit;

import java.util.Map;

/**
 * Text of a person that an entry commits to without holding it: it lies beside the log with its
 * salt, and can be erased without the log's becoming another.
 *
 * @param tags by which it is found to be erased, such as the request's id; they are erased with it
 * @param texts by the name under which the entry has the commitment
 */
public record PersonalText(Map<String, String> tags, Map<String, String> texts) {
  public static final PersonalText NONE = new PersonalText(Map.of(), Map.of());

  public PersonalText {
    tags = Map.copyOf(tags);
    texts = Map.copyOf(texts);
  }
}
