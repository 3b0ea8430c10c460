package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the board signs, as an in-toto Statement v1: every file of the release by its digest, which
 * model, policy and board it is about, and which files are the weights, the guard and so on.
 *
 * @param files SHA-256 in hex by path inside the release's folder
 */
record Statement(
    String name,
    Instant created,
    String modelDigest,
    String policyName,
    String policyDigest,
    String boardDigest,
    boolean demoBoard,
    SortedMap<String, String> files) {
  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE = "urn:forefront:release:2";

  Statement {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  byte[] json() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("_type", TYPE);
    ArrayNode subject = root.putArray("subject");
    files.forEach(
        (path, hash) ->
            subject.addObject().put("name", path).putObject("digest").put("sha256", hash));
    root.put("predicateType", PREDICATE);
    ObjectNode predicate = root.putObject("predicate");
    predicate.put("name", name);
    predicate.put("created", created.toString());
    predicate.put("model_digest", modelDigest);
    predicate.put("policy_name", policyName);
    predicate.put("policy_digest", policyDigest);
    predicate.put("board_digest", boardDigest);
    predicate.put("demo_board", demoBoard);
    ObjectNode parts = predicate.putObject("parts");
    for (Part part : Part.values()) {
      List<String> paths = files.keySet().stream().filter(part::covers).toList();
      ObjectNode node = parts.putObject(part.name().toLowerCase(Locale.ROOT));
      node.put("digest", paths.isEmpty() ? "none" : part.digest(files));
      paths.forEach(node.putArray("files")::add);
    }
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws BadInputException where the bytes are not a statement as this class writes it
   */
  static Statement parse(byte[] bytes) {
    List<String> problems = new ArrayList<>();
    Fields root =
        Fields.ofJson(bytes, problems)
            .onlyKeys(Set.of("_type", "subject", "predicateType", "predicate"));
    if (!root.text("_type").equals(TYPE) || !root.text("predicateType").equals(PREDICATE)) {
      root.problem("it is no statement about a release");
    }
    SortedMap<String, String> files = new TreeMap<>();
    for (Fields one : root.list("subject")) {
      files.put(one.text("name"), one.object("digest").text("sha256"));
    }
    Fields predicate = root.object("predicate");
    Statement statement =
        new Statement(
            predicate.text("name"),
            predicate.time("created"),
            predicate.digest("model_digest"),
            predicate.text("policy_name"),
            predicate.digest("policy_digest"),
            predicate.digest("board_digest"),
            predicate.flag("demo_board"),
            files);
    if (problems.isEmpty() && !Arrays.equals(statement.json(), bytes)) {
      problems.add("its bytes are not written as a statement is");
    }
    if (!problems.isEmpty()) {
      throw new BadInputException("the statement is malformed: " + String.join("; ", problems));
    }
    return statement;
  }
}
