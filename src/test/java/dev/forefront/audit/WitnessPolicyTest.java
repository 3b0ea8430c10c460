package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WitnessPolicyTest {
  private final String x1 = witness("x1");
  private final String x2 = witness("x2");
  private final String x3 = witness("x3");
  private final String y1 = witness("y1");
  private final String y2 = witness("y2");
  private final String log = NoteKey.ofLog(SigningKey.generate().verifying()).vkey();

  private static String witness(String name) {
    return new NoteKey(name, NoteKey.Use.WITNESS, SigningKey.generate().verifying()).vkey();
  }

  private String nested() {
    return """
    # who watches
    log %s

      witness X1 %s https://x1.example/prefix/
    witness\tX2 %s
    witness X3 %s
    group X 2 X1 X2 X3
    witness Y1 %s
    witness Y2 %s
    group Y any Y1 Y2
    group both all X Y
    quorum both
    """
        .formatted(log, x1, x2, x3, y1, y2);
  }

  private static boolean met(WitnessPolicy policy, String... names) {
    return policy.isMet(witness -> Set.of(names).contains(witness.key().name()));
  }

  @Test
  void nestedQuorumsAreMetByEnoughOfEach() {
    WitnessPolicy policy = WitnessPolicy.parse(nested());
    assertThat(met(policy, "x1", "x3", "y2")).isTrue();
    assertThat(met(policy, "x1", "x2", "x3", "y1", "y2")).isTrue();
    assertThat(met(policy, "x1", "x2", "x3")).isFalse();
    assertThat(met(policy, "x1", "y1", "y2")).isFalse();
    assertThat(met(policy)).isFalse();
    assertThat(policy.logs()).extracting(NoteKey::vkey).containsExactly(log);
    assertThat(policy.witnesses().values())
        .extracting(WitnessPolicy.Witness::url)
        .containsExactly(URI.create("https://x1.example/prefix"), null, null, null, null);
    assertThat(policy.needsNobody()).isFalse();
  }

  @Test
  void aQuorumOfNoneNeedsNobody() {
    String other = NoteKey.ofLog(SigningKey.generate().verifying()).vkey();
    WitnessPolicy policy =
        WitnessPolicy.parse("log %s\nlog %s\nquorum none\n".formatted(log, other));
    assertThat(policy.needsNobody()).isTrue();
    assertThat(met(policy)).isTrue();
    assertThat(policy.logs()).extracting(NoteKey::vkey).containsExactly(log, other);
  }

  @Test
  void aSingleWitnessMayBeTheQuorum() {
    WitnessPolicy policy = WitnessPolicy.parse("witness a " + x1 + "\nquorum a\n");
    assertThat(met(policy, "x1")).isTrue();
    assertThat(met(policy, "x2")).isFalse();
  }

  @Test
  void allOfSomeKeysAreNeeded() {
    WitnessPolicy policy = WitnessPolicy.all(List.of(NoteKey.parse(x1), NoteKey.parse(y1)));
    assertThat(met(policy, "x1", "y1")).isTrue();
    assertThat(met(policy, "x1")).isFalse();
    assertThat(WitnessPolicy.all(List.of()).needsNobody()).isTrue();
    assertThatThrownBy(() -> WitnessPolicy.all(List.of(NoteKey.parse(log))))
        .isInstanceOf(BadInputException.class);
  }

  @Test
  void theWrongLineIsNamed() {
    assertRefused("", "quorum");
    assertRefused("quorum none\nquorum none\n", "line 2");
    assertRefused("quorum x\n", "not defined");
    assertRefused("witness none " + x1 + "\nquorum none\n", "taken");
    assertRefused("witness a " + x1 + "\nwitness a " + x2 + "\nquorum a\n", "line 2");
    assertRefused("witness a " + x1 + "\nwitness b " + x1 + "\nquorum a\n", "another line");
    assertRefused("witness a " + log + "\nquorum a\n", "log");
    assertRefused("log " + x1 + "\nquorum none\n", "no log");
    assertRefused("log " + log + "\nlog " + log + "\nquorum none\n", "line 2");
    assertRefused("witness a\nquorum none\n", "words");
    assertRefused("log\nquorum none\n", "words");
    assertRefused("log " + log + " https://x1.example https://x2.example\nquorum none\n", "words");
    assertRefused("witness a " + x1 + "\nquorum a a\n", "words");
    assertRefused("quorum\n", "words");
    assertRefused("witness a " + x1 + "\ngroup a any a\nquorum a\n", "taken");
    assertRefused("witness a " + x1 + "\ngroup none any a\nquorum a\n", "taken");
    assertRefused("witness a " + x1 + " ftp://x\nquorum a\n", "URL");
    assertRefused("witness a " + x1 + " http://u:p@x/\nquorum a\n", "URL");
    assertRefused("witness a " + x1 + " http://x/?q\nquorum a\n", "URL");
    assertRefused("witness a " + x1 + "\ngroup g 2 a\nquorum g\n", "2 of 1");
    assertRefused("witness a " + x1 + "\ngroup g 0 a\nquorum g\n", "0 of 1");
    assertRefused("witness a " + x1 + "\ngroup g x a\nquorum g\n", "number");
    assertRefused("witness a " + x1 + "\ngroup g any a\ngroup h any a\nquorum g\n", "already");
    assertRefused("witness a " + x1 + "\ngroup g any b\nquorum g\n", "not defined");
    assertRefused("witness a " + x1 + "\ngroup g any\nquorum g\n", "words");
    assertRefused("banana\nquorum none\n", "banana");
    assertRefused("quorum none\r\n", "control");
  }

  @Test
  void twoHundredAndFiftySixWitnessesAndGroupsAreTheMost() {
    StringBuilder most = new StringBuilder();
    for (int i = 0; i < 128; i++) {
      most.append("witness w%d %s\ngroup g%d any w%d\n".formatted(i, witness("w" + i), i, i));
    }
    WitnessPolicy policy = WitnessPolicy.parse(most + "quorum g127\n");
    assertThat(met(policy, "w127")).isTrue();
    assertThat(met(policy, "w126")).isFalse();
    assertRefused(most + "witness x1 " + x1 + "\nquorum x1\n", "line 257: there are more than 256");
    assertRefused(most + "group x any g1\nquorum x\n", "line 257: there are more than 256");
  }

  private static void assertRefused(String policy, String because) {
    assertThatThrownBy(() -> WitnessPolicy.parse(policy))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(because);
  }
}
