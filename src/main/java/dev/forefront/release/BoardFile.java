package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads board files of both formats: {@value #FLAT} is one group with a threshold, {@value #NESTED}
 * has groups, rules that nest, a version, an end, and keys that no longer count.
 */
final class BoardFile {
  static final String FLAT = "forefront-board-1";
  static final String NESTED = "forefront-board-2";

  private static final String MEMBERS = "members";
  private static final Set<String> FLAT_KEYS =
      Set.of("format", "name", "demo", "threshold", MEMBERS);
  private static final Set<String> NESTED_KEYS =
      Set.of("format", "name", "demo", "version", "expires", "groups", "quorums", "revoked_keys");
  private static final Set<String> RULE_KEYS = Set.of("of", "group", "all", "any", "rules");

  private final List<String> problems = new ArrayList<>();
  private final Map<VerifyingKey, Board.Member> members = new LinkedHashMap<>();
  private final Map<String, Set<VerifyingKey>> groups = new HashMap<>();

  private BoardFile() {}

  static Board parse(byte[] bytes, String where) {
    BoardFile file = new BoardFile();
    Fields root = Fields.ofJson(bytes, file.problems);
    Board board =
        root.has("format") && root.text("format").equals(NESTED)
            ? file.nested(root, bytes)
            : file.flat(root, bytes);
    if (!file.problems.isEmpty()) {
      throw new BadInputException(
          "%s is no board: %s".formatted(where, String.join("; ", file.problems)));
    }
    return board;
  }

  private Board flat(Fields root, byte[] bytes) {
    root.onlyKeys(FLAT_KEYS);
    if (!root.text("format").equals(FLAT)) {
      root.problem("format must be %s or %s".formatted(FLAT, NESTED));
    }
    int threshold = (int) Math.min(root.whole("threshold", 2), Integer.MAX_VALUE);
    group(MEMBERS, root);
    if (problems.isEmpty() && threshold > members.size()) {
      root.problem(
          "threshold is %d, but there are %d members".formatted(threshold, members.size()));
    }
    Map<Purpose, Rule> rules = new EnumMap<>(Purpose.class);
    Set<VerifyingKey> keys = members.keySet();
    rules.put(Purpose.RELEASE, new Rule.OfGroup(threshold, MEMBERS, keys));
    rules.put(Purpose.BOARD, new Rule.OfGroup(threshold, MEMBERS, keys));
    int larger = Math.min(threshold + 1, Math.max(threshold, members.size()));
    rules.put(Purpose.LARGER, new Rule.OfGroup(larger, MEMBERS, keys));
    return new Board(
        root.text("name"),
        root.flag("demo"),
        1,
        Instant.MAX,
        members.values(),
        rules,
        Set.of(),
        bytes);
  }

  private Board nested(Fields root, byte[] bytes) {
    root.onlyKeys(NESTED_KEYS);
    long version = root.whole("version", 1);
    Instant expires = root.time("expires");
    Set<String> names = new HashSet<>();
    for (Fields one : root.list("groups")) {
      one.onlyKeys(Set.of("name", MEMBERS));
      String name = one.text("name");
      if (!names.add(name)) {
        one.problem("has the name of another group");
      }
      group(name, one);
    }
    Set<VerifyingKey> revoked = new HashSet<>();
    for (String key : root.texts("revoked_keys")) {
      try {
        revoked.add(VerifyingKey.ofBase64(key));
      } catch (BadInputException e) {
        root.problem("revoked_keys: " + e.getMessage());
      }
    }
    for (Board.Member member : members.values()) {
      if (revoked.contains(member.key())) {
        root.problem(member.name() + " has a revoked key");
      }
    }
    Map<Purpose, Rule> rules = rules(root.object("quorums"));
    return new Board(
        root.text("name"),
        root.flag("demo"),
        version,
        expires,
        members.values(),
        rules,
        revoked,
        bytes);
  }

  /** Someone may sit in two groups, under one name and with one key. */
  private void group(String group, Fields fields) {
    Set<VerifyingKey> keys = new LinkedHashSet<>();
    for (Fields one : fields.list(MEMBERS)) {
      one.onlyKeys(Set.of("name", "public_key"));
      String name = one.text("name");
      try {
        VerifyingKey key = VerifyingKey.ofBase64(one.text("public_key"));
        Board.Member member = new Board.Member(name, key);
        if (!keys.add(key) || !isConsistent(member)) {
          one.problem("has a name or a key that another member has: one key counts once");
        }
        members.putIfAbsent(key, member);
      } catch (BadInputException e) {
        one.problem("public_key: " + e.getMessage());
      }
    }
    groups.put(group, keys);
  }

  private boolean isConsistent(Board.Member member) {
    return members.values().stream()
        .allMatch(other -> other.name().equals(member.name()) == other.key().equals(member.key()));
  }

  private Map<Purpose, Rule> rules(Fields quorums) {
    quorums.onlyKeys(Set.of("release", "larger", "board"));
    Map<Purpose, Rule> rules = new EnumMap<>(Purpose.class);
    Rule release = sound(quorums, Purpose.RELEASE);
    rules.put(Purpose.RELEASE, release);
    rules.put(Purpose.LARGER, sound(quorums, Purpose.LARGER));
    rules.put(Purpose.BOARD, quorums.has("board") ? sound(quorums, Purpose.BOARD) : release);
    return rules;
  }

  /** Can be met, and by no one alone. */
  private Rule sound(Fields quorums, Purpose purpose) {
    Rule rule = rule(quorums.object(purpose.word()), 1);
    if (!problems.isEmpty()) {
      return rule;
    }
    try {
      if (!rule.isMetBy(members.keySet())) {
        quorums.problem(purpose.word() + " cannot be met, even if everyone signs");
      } else if (rule.fewest() < 2) {
        quorums.problem(purpose.word() + " lets someone decide alone: at least 2 must sign");
      }
    } catch (Rule.TooManyWays e) {
      quorums.problem(purpose.word() + ": " + e.getMessage());
    }
    return rule;
  }

  private Rule rule(Fields fields, int depth) {
    Rule nothing = new Rule.OfGroup(Integer.MAX_VALUE, "nobody", Set.of());
    fields.onlyKeys(RULE_KEYS);
    if (depth > Rule.DEEPEST) {
      fields.problem("nests deeper than %d".formatted(Rule.DEEPEST));
      return nothing;
    }
    List<String> forms = List.of("group", "all", "any", "rules");
    List<String> given = forms.stream().filter(fields::has).toList();
    boolean counts = given.equals(List.of("group")) || given.equals(List.of("rules"));
    if (given.size() != 1 || fields.has("of") != counts) {
      fields.problem("must be {of, group}, {all: [rules]}, {any: [rules]} or {of, rules: [rules]}");
      return nothing;
    }
    int of = counts ? (int) Math.min(fields.whole("of", 1), Integer.MAX_VALUE) : 1;
    String form = given.getFirst();
    if (form.equals("group")) {
      return ofGroup(fields, of);
    }
    List<Rule> rules = fields.list(form).stream().map(one -> rule(one, depth + 1)).toList();
    if (of > rules.size()) {
      fields.problem("asks for %d of %d rules".formatted(of, rules.size()));
    }
    return new Rule.OfRules(form.equals("all") ? rules.size() : of, rules);
  }

  private Rule ofGroup(Fields fields, int of) {
    String group = fields.text("group");
    if (!groups.containsKey(group)) {
      fields.problem("there is no group \"" + group + "\"");
    }
    Set<VerifyingKey> keys = Objects.requireNonNullElse(groups.get(group), Set.of());
    if (of > keys.size() && groups.containsKey(group)) {
      fields.problem("asks for %d of the %d in %s".formatted(of, keys.size(), group));
    }
    return new Rule.OfGroup(of, group, keys);
  }
}
