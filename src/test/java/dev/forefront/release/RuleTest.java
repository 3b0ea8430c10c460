package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTest {
  private static final String SAFETY_AND_EXTERNAL =
      "{\"all\":[{\"of\":2,\"group\":\"safety\"},{\"of\":1,\"group\":\"external\"}]}";

  private final Members people = new Members();

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "ann bob eve, true",
        "ann bob cyd eve, true",
        "ann cyd fay, true",
        "ann bob cyd, false",
        "ann eve fay, false",
        "ann eve, false",
        "eve fay, false",
        "'', false"
      })
  void twoOfSafetyAndOneOfExternal(String signers, boolean met) {
    Board board = board(SAFETY_AND_EXTERNAL, "safety: ann bob cyd", "external: eve fay");

    assertThat(isMet(board, signers)).isEqualTo(met);
    assertThat(board.threshold()).isEqualTo(3);
    assertThat(board.rule("release")).isEqualTo("(2 of safety and 1 of external)");
  }

  @Test
  void whoSitsInTwoGroupsStandsForOneOfThem() {
    Board board = board(SAFETY_AND_EXTERNAL, "safety: ann bob cyd", "external: ann eve");

    assertThat(board.members())
        .extracting(Board.Member::name)
        .containsExactly("ann", "bob", "cyd", "eve");
    assertThat(isMet(board, "ann bob")).isFalse();
    assertThat(isMet(board, "ann bob eve")).isTrue();
    assertThat(isMet(board, "ann bob cyd")).isTrue();
    assertThat(isMet(board, "bob cyd eve")).isTrue();
    assertThat(isMet(board, "bob cyd")).isFalse();
  }

  @Test
  void theSameGroupAskedTwiceIsAskedForDifferentKeys() {
    String twice = "{\"all\":[{\"of\":1,\"group\":\"g\"},{\"of\":1,\"group\":\"g\"}]}";
    Board board = board(twice, "g: ann bob");

    assertThat(isMet(board, "ann")).isFalse();
    assertThat(isMet(board, "ann bob")).isTrue();
    assertThat(board.threshold()).isEqualTo(2);
  }

  @Test
  void anyOfSeveralRulesDoes() {
    String any =
        "{\"any\":[{\"of\":3,\"group\":\"g\"},{\"all\":[{\"of\":1,\"group\":\"g\"},{\"of\":1,\"group\":\"h\"}]}]}";
    Board board = board(any, "g: ann bob cyd", "h: eve fay");

    assertThat(isMet(board, "ann bob cyd")).isTrue();
    assertThat(isMet(board, "ann eve")).isTrue();
    assertThat(isMet(board, "ann bob")).isFalse();
    assertThat(isMet(board, "eve fay")).isFalse();
    assertThat(board.threshold()).isEqualTo(2);
    assertThat(board.rule("release")).isEqualTo("(3 of g or (1 of g and 1 of h))");
  }

  @Test
  void soManyOfSeveralRulesDo() {
    String two =
        "{\"of\":2,\"rules\":[{\"of\":1,\"group\":\"a\"},{\"of\":1,\"group\":\"b\"},{\"of\":2,\"group\":\"c\"}]}";
    Board board = board(two, "a: ann", "b: bob", "c: cyd eve");

    assertThat(isMet(board, "ann bob")).isTrue();
    assertThat(isMet(board, "ann cyd eve")).isTrue();
    assertThat(isMet(board, "ann cyd")).isFalse();
    assertThat(isMet(board, "cyd eve")).isFalse();
    assertThat(board.rule("release")).isEqualTo("2 of (1 of a, 1 of b, 2 of c)");
  }

  @Test
  void aStrangersKeyFillsNoPlace() {
    Board board = board("{\"of\":2,\"group\":\"g\"}", "g: ann bob");
    assertThat(isMet(board, "ann zoe")).isFalse();
    assertThat(isMet(board, "zoe yan xia")).isFalse();
  }

  @Test
  void theLargerQuorumIncludesTheReleaseQuorum() {
    Members.Text text =
        people.board(
            1,
            "{\"release\":{\"of\":2,\"group\":\"g\"},\"larger\":{\"of\":3,\"group\":\"h\"}}",
            "g: ann bob",
            "h: cyd eve fay");
    Board board = text.parse();

    assertThat(board.isMet(Purpose.LARGER, keys("cyd eve fay"))).isFalse();
    assertThat(board.shortfall(Purpose.LARGER, keys("cyd eve fay"))).isEqualTo("0 of 2");
    assertThat(board.isMet(Purpose.LARGER, keys("cyd eve fay ann bob"))).isTrue();
    assertThat(board.isMet(Purpose.LARGER, keys("ann bob"))).isFalse();
    assertThat(board.shortfall(Purpose.LARGER, keys("ann bob cyd"))).isEqualTo("1 of 3");
    assertThat(board.isMet(Purpose.BOARD, keys("ann bob"))).isTrue();
  }

  @Test
  void aBoardChangeMayHaveARuleOfItsOwn() {
    Board board =
        people
            .board(
                1,
                "{\"release\":{\"of\":2,\"group\":\"g\"},\"larger\":{\"of\":3,\"group\":\"g\"},\"board\":{\"of\":4,\"group\":\"g\"}}",
                "g: ann bob cyd eve")
            .parse();
    assertThat(board.isMet(Purpose.BOARD, keys("ann bob cyd"))).isFalse();
    assertThat(board.isMet(Purpose.BOARD, keys("ann bob cyd eve"))).isTrue();
    assertThat(board.isMet(Purpose.LARGER, keys("ann bob cyd"))).isTrue();
  }

  @Test
  void theFlatFormatIsReadAsBefore() {
    String members =
        List.of("ann", "bob", "cyd", "eve").stream()
            .map(people::member)
            .collect(Collectors.joining(","));
    Board board =
        new Members.Text(
                "{\"format\":\"forefront-board-1\",\"name\":\"B\",\"demo\":false,\"threshold\":2,\"members\":["
                    + members
                    + "]}")
            .parse();

    assertThat(board.version()).isEqualTo(1);
    assertThat(board.rule("release")).isEqualTo("2 of members");
    assertThat(board.rule("larger")).isEqualTo("3 of members");
    assertThat(board.rule("board")).isEqualTo("2 of members");
    assertThat(board.expires()).isEqualTo(java.time.Instant.MAX);
    assertThat(board.shortfall(Purpose.RELEASE, keys("ann zoe"))).isEqualTo("1 of 2");
  }

  @Test
  void whereAllSignAnywayTheLargerQuorumIsAllOfThem() {
    Board board =
        new Members.Text(
                "{\"format\":\"forefront-board-1\",\"name\":\"B\",\"demo\":false,\"threshold\":2,\"members\":[%s,%s]}"
                    .formatted(people.member("ann"), people.member("bob")))
            .parse();
    assertThat(board.rule("larger")).isEqualTo("2 of members");
  }

  /** Whatever a tree looks like: it is met exactly where keys can be dealt out to its places. */
  @Test
  void everyTreeAgreesWithTryingAllWaysToDealKeysOut() {
    Random random = new Random(11);
    List<VerifyingKey> keys =
        IntStream.range(0, 6).mapToObj(i -> people.verifying("p" + i)).toList();
    int met = 0;
    for (int i = 0; i < 3_000; i++) {
      Rule rule = random(random, keys, 2);
      Set<VerifyingKey> signers =
          keys.stream().filter(_ -> random.nextInt(3) > 0).collect(Collectors.toSet());
      boolean expected = dealt(List.of(rule), new ArrayList<>(signers));
      assertThat(rule.isMetBy(signers)).as("%s", rule).isEqualTo(expected);
      if (expected) {
        met++;
        assertThat(signers.size()).isGreaterThanOrEqualTo(rule.fewest());
        assertThat(rule.isMetBy(Set.copyOf(keys))).isTrue();
      }
    }
    assertThat(met).isBetween(300, 2_700);
  }

  private static Rule random(Random random, List<VerifyingKey> keys, int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      Set<VerifyingKey> group = new HashSet<>();
      while (group.size() < 2) {
        keys.stream().filter(_ -> random.nextBoolean()).forEach(group::add);
      }
      return new Rule.OfGroup(1 + random.nextInt(2), "g", group);
    }
    List<Rule> rules =
        IntStream.range(0, 2 + random.nextInt(2))
            .mapToObj(_ -> random(random, keys, depth - 1))
            .toList();
    return new Rule.OfRules(1 + random.nextInt(rules.size()), rules);
  }

  /** The plain way: take the demands one after another, and try every key for every place. */
  private static boolean dealt(List<Rule> demands, List<VerifyingKey> left) {
    if (demands.isEmpty()) {
      return true;
    }
    List<Rule> rest = demands.subList(1, demands.size());
    return switch (demands.getFirst()) {
      case Rule.OfGroup group when group.least() == 0 -> dealt(rest, left);
      case Rule.OfGroup group ->
          left.stream()
              .filter(group.keys()::contains)
              .anyMatch(
                  key -> {
                    List<VerifyingKey> fewer = new ArrayList<>(left);
                    fewer.remove(key);
                    List<Rule> more = new ArrayList<>(rest);
                    more.addFirst(new Rule.OfGroup(group.least() - 1, group.group(), group.keys()));
                    return dealt(more, fewer);
                  });
      case Rule.OfRules tree ->
          subsets(tree.rules(), tree.least()).stream()
              .anyMatch(
                  chosen -> {
                    List<Rule> more = new ArrayList<>(chosen);
                    more.addAll(rest);
                    return dealt(more, left);
                  });
    };
  }

  private static List<List<Rule>> subsets(List<Rule> rules, int size) {
    List<List<Rule>> all = new ArrayList<>();
    for (int bits = 0; bits < 1 << rules.size(); bits++) {
      int chosen = bits;
      if (Integer.bitCount(bits) == size) {
        all.add(
            IntStream.range(0, rules.size())
                .filter(i -> (chosen >> i & 1) == 1)
                .mapToObj(rules::get)
                .toList());
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"of\":1,\"group\":\"g\"} | lets someone decide alone",
        "{\"any\":[{\"of\":1,\"group\":\"g\"},{\"of\":3,\"group\":\"g\"}]} | lets someone decide alone",
        "{\"of\":4,\"group\":\"g\"} | asks for 4 of the 3 in g",
        "{\"of\":2,\"group\":\"x\"} | there is no group \"x\"",
        "{\"of\":0,\"group\":\"g\"} | of must be a whole number of at least 1",
        "{\"group\":\"g\"} | must be {of, group}",
        "{\"of\":2} | must be {of, group}",
        "{} | must be {of, group}",
        "{\"of\":2,\"all\":[{\"of\":2,\"group\":\"g\"}]} | must be {of, group}",
        "{\"all\":[]} | must be a list with at least one entry",
        "{\"of\":3,\"rules\":[{\"of\":1,\"group\":\"g\"},{\"of\":1,\"group\":\"g\"}]} | asks for 3 of 2 rules",
        "{\"all\":[{\"of\":2,\"group\":\"g\"},{\"of\":2,\"group\":\"g\"}]} | cannot be met",
        "{\"most\":[{\"of\":2,\"group\":\"g\"}]} | most is no key here",
      })
  void aRuleThatMakesNoSenseIsNoBoard(String rule, String reason) {
    assertThatThrownBy(() -> board(rule, "g: ann bob cyd"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void rulesNestSixDeepAndNoDeeper() {
    String leaf = "{\"of\":2,\"group\":\"g\"}";
    String deep = leaf;
    for (int i = 0; i < 5; i++) {
      deep = "{\"all\":[" + deep + "]}";
    }
    assertThat(isMet(board(deep, "g: ann bob"), "ann bob")).isTrue();
    String deeper = "{\"all\":[" + deep + "]}";
    assertThatThrownBy(() -> board(deeper, "g: ann bob"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("nests deeper than 6");
  }

  @Test
  void aRuleWithMoreWaysThanAnyoneLooksThroughIsNoBoard() {
    String leaf = "{\"of\":2,\"group\":\"g\"}";
    String many = "{\"any\":[" + leaf + (", " + leaf).repeat(199) + "]}";
    assertThat(isMet(board(many, "g: ann bob"), "ann bob")).isTrue();
    String more = "{\"any\":[" + leaf + (", " + leaf).repeat(200) + "]}";
    assertThatThrownBy(() -> board(more, "g: ann bob"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("more than 200 ways");
    String huge = "{\"of\":15,\"rules\":[" + leaf + (", " + leaf).repeat(29) + "]}";
    assertThatThrownBy(() -> board(huge, "g: ann bob")).isInstanceOf(BadInputException.class);
  }

  @Test
  void aBoardFileNamesEverythingThatIsWrongWithIt() {
    Members.Text good = people.simple(1, "ann bob cyd");
    for (Map.Entry<String, Members.Text> bad :
        Map.of(
                "version must be a whole number", good.with("\"version\":1", "\"version\":0"),
                "expires must be a time", good.with("2999-01-01T00:00:00Z", "never"),
                "ann has a revoked key", good.revoking(people.verifying("ann")),
                "revoked_keys: ", good.with("\"groups\"", "\"revoked_keys\":[\"x\"],\"groups\""),
                "has the name of another group",
                    people.board(
                        1,
                        "{\"release\":{\"of\":2,\"group\":\"g\"},\"larger\":{\"of\":2,\"group\":\"g\"}}",
                        "g: ann bob",
                        "g: ann bob"),
                "one key counts once", good.with("\"name\":\"bob\"", "\"name\":\"ann\""),
                "stop is no key here", good.with("\"larger\"", "\"stop\""))
            .entrySet()) {
      assertThatThrownBy(bad.getValue()::parse)
          .as(bad.getKey())
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(bad.getKey());
    }
    String twice = people.verifying("ann").base64();
    assertThatThrownBy(() -> good.with(people.verifying("bob").base64(), twice).parse())
        .hasMessageContaining("one key counts once");
    assertThatThrownBy(() -> good.with("forefront-board-2", "forefront-board-3").parse())
        .hasMessageContaining("format must be forefront-board-1 or forefront-board-2");
  }

  private Board board(String release, String... groups) {
    return people
        .board(1, "{\"release\":%s,\"larger\":%s}".formatted(release, release), groups)
        .parse();
  }

  private boolean isMet(Board board, String signers) {
    return board.isMet(Purpose.RELEASE, keys(signers));
  }

  private Set<VerifyingKey> keys(String names) {
    return people.verifying(Members.words(names));
  }
}
