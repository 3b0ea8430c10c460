package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptionTest {
  private static final String WEAKER = World.policyText().replaceFirst("0.94", "0.90");
  private static final String STRICTER = World.policyText().replaceFirst("0.94", "0.95");

  @TempDir Path folder;
  private final Members people = new Members();
  private World world;
  private Registry registry;

  @BeforeEach
  void makeRegistry() {
    world = new World(folder);
    registry = Registry.create(world.registryFolder, people.simple(1, "ann bob cyd").parse());
  }

  @Test
  void withoutAPolicyInForceNothingIsProposed() {
    assertThat(((Refused) registry.propose(world.draft("early"))).reasons())
        .containsExactly(
            "the policy \"test\" is not in force: the board has to adopt exactly this file");
  }

  @Test
  void theReleaseQuorumPutsTheFirstPolicyInForce() {
    Signatures one = adopt(World.policyText(), "ann");
    assertThat(one.missing()).isEqualTo("too few signatures: 1 of 2");
    assertThat(registry.orders().isInForce(world.policy)).isFalse();
    assertThatThrownBy(() -> adopt(World.policyText(), "ann"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("one key counts once");
    assertThatThrownBy(() -> adopt(World.policyText(), "zoe"))
        .isInstanceOf(BadInputException.class);

    assertThat(adopt(World.policyText(), "bob").isEnough()).isTrue();
    assertThat(registry.orders().isInForce(world.policy)).isTrue();
    assertThat(registry.orders().lines())
        .singleElement()
        .asString()
        .contains("1 adopt policy \"test\" version 1, by ann, bob: a test");
    assertThatThrownBy(() -> adopt(World.policyText(), "cyd"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("in force already");
  }

  @Test
  void whoAdoptsSignsTheFileThatTheyHaveRead() {
    adopt(World.policyText(), "ann");
    assertThat(adopt(STRICTER, "bob").isEnough()).isFalse();
    assertThat(adopt(World.policyText(), "cyd").isEnough()).isTrue();
    assertThat(registry.orders().isInForce(world.policy)).isTrue();
  }

  @Test
  void othersSignForTheReasonThatTheFirstGave() {
    adopt(World.policyText(), "ann");
    assertThatThrownBy(
            () -> registry.orders().adopt(world.policy, "another reason", people.key("bob")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("a test");
  }

  @Test
  void aWeakerPolicyTakesTheLargerQuorum() {
    adopt(World.policyText(), "ann", "bob");
    write(WEAKER);

    assertThat(registry.orders().weaknesses(world.policy)).isNotEmpty();
    assertThat(adopt(WEAKER, "ann", "bob").missing()).isEqualTo("too few signatures: 2 of 3");
    assertThat(registry.orders().isInForce(world.policy)).isFalse();
    assertThat(((Refused) registry.propose(world.draft("weak"))).reasons())
        .singleElement()
        .asString()
        .contains("is not in force");
    assertThat(adopt(WEAKER, "cyd").isEnough()).isTrue();
    assertThat(registry.propose(world.draft("weak"))).isInstanceOf(Proposed.class);
  }

  @Test
  void aWeakerPolicyUnderAnotherNameIsStillWeaker() {
    adopt(World.policyText(), "ann", "bob");
    assertThat(adopt(WEAKER.replace("name: test", "name: other"), "ann", "bob").isEnough())
        .isFalse();
    assertThat(adopt(STRICTER.replace("name: test", "name: other"), "ann", "bob").isEnough())
        .isTrue();
    assertThat(registry.orders().lines().getLast()).contains("policy \"other\" version 1, by");
  }

  @Test
  void aWeakerPolicyIsHeldAgainstTheOneOfItsNameElseAgainstTheFirst() {
    String other = STRICTER.replace("name: test", "name: other");
    adopt(World.policyText(), "ann", "bob");
    adopt(other, "ann", "bob");

    assertThat(weaknesses(WEAKER)).singleElement().asString().contains("0.94");
    assertThat(weaknesses(WEAKER.replace("name: test", "name: other")))
        .singleElement()
        .asString()
        .contains("0.95");
    assertThat(weaknesses(WEAKER.replace("name: test", "name: third")))
        .singleElement()
        .asString()
        .contains("0.94");
    assertThat(weaknesses(STRICTER)).isEmpty();
  }

  /** What a judge has to show says nothing of what people talk to. */
  @Test
  void aPolicyForJudgesLetsNoOtherInForce() {
    String judges = World.policyText().replace("name: test", "name: guard-model");
    adopt(judges, "ann", "bob");
    assertThat(weaknesses(World.policyText()))
        .containsExactly("the only policy in force is for models that judge");
    assertThat(weaknesses(judges)).isEmpty();

    adopt(World.policyText(), "ann", "bob", "cyd");
    adopt(WEAKER.replace("name: test", "name: guard-model"), "ann", "bob", "cyd");
    assertThat(weaknesses(WEAKER.replace("name: test", "name: other"))).isNotEmpty();
    assertThat(weaknesses(WEAKER.replace("name: test", "name: guard-model"))).isEmpty();
  }

  private List<String> weaknesses(String policy) {
    write(policy);
    return registry.orders().weaknesses(world.policy);
  }

  @Test
  void aStricterPolicyTakesTheReleaseQuorumAndTheWayBackTheLargerOne() {
    adopt(World.policyText(), "ann", "bob");
    assertThat(adopt(STRICTER, "ann", "cyd").isEnough()).isTrue();
    assertThat(adopt(World.policyText(), "ann", "cyd").isEnough()).isFalse();
    assertThat(adopt(World.policyText(), "bob").isEnough()).isTrue();
    assertThat(registry.orders().lines()).hasSize(3);
    assertThat(registry.orders().lines().getLast()).contains("version 3");
  }

  @Test
  void releasesThatAreOutStayValidAndNewOnesTakeTheNewPolicy() {
    adopt(World.policyText(), "ann", "bob");
    release("old");
    registry.propose(world.draft("half"));
    registry.sign("half", people.key("ann"));
    Release running = Release.open(world.registryFolder, "old");
    adopt(STRICTER, "ann", "bob");

    GateTest.admitted(registry.open("old"));
    assertThat(running.standing()).isInstanceOf(Standing.Serving.class);
    assertThatThrownBy(() -> registry.sign("half", people.key("bob")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is not in force");
    write(World.policyText());
    assertThat(((Refused) registry.propose(world.draft("new"))).reasons())
        .singleElement()
        .asString()
        .contains("is not in force");
  }

  @Test
  void aQuorumThatSignsByHandUnderAReplacedPolicyOpensNothing() {
    adopt(World.policyText(), "ann", "bob");
    registry.propose(world.draft("late"));
    adopt(STRICTER, "ann", "bob");
    Path statement = registry.folder("late").resolve(ReleaseFiles.STATEMENT);
    byte[] payload = Envelope.parse(SmallFile.read(statement), "s").payload();
    AtomicFile.write(statement, people.signed(payload, "ann", "bob").json());

    assertThat(GateTest.reasons(registry.open("late")))
        .containsExactly(
            "version 2 of the policy \"test\" replaced the one it was let out under, and did not"
                + " carry it over");
  }

  @Test
  void aQuorumThatSignsByHandUnderAForeignPolicyOpensNothing() {
    adopt(World.policyText(), "ann", "bob");
    release("good");
    World other = new World(folder.resolve("other"));
    Registry elsewhere =
        Registry.create(other.registryFolder, people.simple(1, "ann bob cyd").parse());
    AtomicFile.write(other.policy, WEAKER);
    elsewhere.orders().adopt(other.policy, "x", people.key("ann"));
    elsewhere.orders().adopt(other.policy, "x", people.key("bob"));
    elsewhere.propose(other.draft("weak"));
    elsewhere.sign("weak", people.key("ann"));
    elsewhere.sign("weak", people.key("bob"));
    World.copy(elsewhere.folder("weak"), registry.folder("weak"));

    assertThat(GateTest.reasons(registry.open("weak")))
        .containsExactly(
            "the board of this registry never adopted the policy \"test\" in this version");
    Path away = folder.resolve("away/weak");
    World.copy(elsewhere.folder("weak"), away);
    Candidate alone = Candidate.read(away, registry.board());
    assertThat(alone.isAlone()).isTrue();
    assertThat(Gate.verify(alone)).isEmpty();
    assertThat(Candidate.read(registry.folder("good"), registry.board()).isAlone()).isFalse();
  }

  @Test
  void anAdoptionByTooFewOrOutOfItsPlaceIsNone() {
    adopt(World.policyText(), "ann", "bob");
    release("good");
    for (String[] signers : new String[][] {{}, {"ann"}, {"ann", "ann"}, {"ann", "bob"}}) {
      put(people.signed(order(2, WEAKER, new TreeMap<>()).json(), signers));
      assertThat(GateTest.reasons(registry.open("good")))
          .as("%s", List.of(signers))
          .anySatisfy(
              reason -> assertThat(reason).contains("adopts a policy with too few signatures"));
    }
    put(people.signed(order(3, WEAKER, new TreeMap<>()).json(), "ann", "bob", "cyd"));
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(
            reason -> assertThat(reason).contains("does not follow on the versions before"));
    put(people.signed(order(2, "no policy", new TreeMap<>()).json(), "ann", "bob", "cyd"));
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(reason -> assertThat(reason).contains("is no policy"));
    put(people.signed(order(2, WEAKER, new TreeMap<>()).json(), "ann", "bob", "cyd"));
    assertThat(GateTest.reasons(registry.open("good")))
        .singleElement()
        .asString()
        .contains("did not carry it over");
  }

  @Test
  void signaturesForWhatIsNotValidAnyMoreAreVoid() {
    adopt(World.policyText(), "ann", "bob");
    release("good");
    release("gone");
    adopt(STRICTER, "ann");
    FileTree.delete(registry.folder("gone"));

    assertThat(adopt(STRICTER, "bob").isEnough()).isFalse();
    assertThat(adopt(STRICTER, "ann").isEnough()).isTrue();
    assertThat(registry.ledger().orders().adopted().all().getLast().order().adoption().carried())
        .containsOnlyKeys("good");
  }

  @Test
  void whatWasLetOutWhileSignaturesWereGatheredIsNotCarriedOver() {
    adopt(World.policyText(), "ann", "bob");
    release("good");
    adopt(STRICTER, "ann");
    write(World.policyText());
    release("late");

    assertThat(adopt(STRICTER, "bob").isEnough()).isTrue();
    GateTest.admitted(registry.open("good"));
    assertThat(GateTest.reasons(registry.open("late")))
        .singleElement()
        .asString()
        .contains("did not carry it over");
  }

  private Order order(long version, String text, SortedMap<String, String> carried) {
    return new Order(
            Order.Kind.ADOPT,
            "",
            "by hand",
            2,
            registry.ledger().orders().digests().getFirst(),
            Instant.parse("2026-01-01T00:00:00Z"),
            1,
            registry.board().digest(),
            null)
        .saying(new Order.Adoption(version, text, carried));
  }

  private void put(Envelope envelope) {
    AtomicFile.write(
        world.registryFolder.resolve("orders").resolve(OrderChain.file(2)), envelope.json());
  }

  private void release(String name) {
    assertThat(registry.propose(world.draft(name))).isInstanceOf(Proposed.class);
    registry.sign(name, people.key("ann"));
    registry.sign(name, people.key("bob"));
  }

  private Signatures adopt(String policy, String... signers) {
    write(policy);
    Signatures last = null;
    for (String name : signers) {
      last = registry.orders().adopt(world.policy, "a test", people.key(name));
    }
    if (last == null) {
      throw new AssertionError("nobody signed");
    }
    return last;
  }

  private void write(String policy) {
    AtomicFile.write(world.policy, policy);
  }
}
