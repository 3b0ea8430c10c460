package dev.forefront.release;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The frame of an in-toto Statement v1. What a kind of statement says is its predicate; whoever
 * reads one writes it again and compares, so that one meaning has one spelling.
 *
 * @param subject SHA-256 in hex by name: what the statement is about
 */
record InToto(SortedMap<String, String> subject, Fields predicate) {
  private static final String TYPE = "https://in-toto.io/Statement/v1";

  static byte[] json(SortedMap<String, String> subject, String predicateType, ObjectNode said) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("_type", TYPE);
    ArrayNode list = root.putArray("subject");
    subject.forEach(
        (name, hash) -> list.addObject().put("name", name).putObject("digest").put("sha256", hash));
    root.put("predicateType", predicateType);
    root.set("predicate", said);
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static InToto read(byte[] bytes, String predicateType, List<String> problems) {
    Fields root =
        Fields.ofJson(bytes, problems)
            .onlyKeys(Set.of("_type", "subject", "predicateType", "predicate"));
    if (!root.text("_type").equals(TYPE) || !root.text("predicateType").equals(predicateType)) {
      root.problem("it is no statement of the type " + predicateType);
    }
    SortedMap<String, String> subject = new TreeMap<>();
    for (Fields one : root.list("subject")) {
      subject.put(one.text("name"), one.object("digest").text("sha256"));
    }
    return new InToto(subject, root.object("predicate"));
  }
}
