package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two of three let out, all three waive: one criterion of one policy for one release. */
class WaiverTest {
  private static final String ENDS = "ends/self_ended_rate low_at_least";
  private static final String MISSED =
      "ends/self_ended_rate: the interval's low end is 0.5, the policy asks for at least 0.9 (value"
          + " 0.99, n 400)";

  @TempDir Path folder;
  private final Members people = new Members();
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final Instant until = now.plus(Duration.ofDays(30));
  private World world;
  private Registry registry;

  @BeforeEach
  void adoptAPolicyThatTheModelMisses() {
    world = new World(folder);
    registry = Registry.create(world.registryFolder, people.simple(1, "ann bob cyd").parse());
    AtomicFile.write(world.policy, World.leaningPolicyText());
    AtomicFile.write(world.report, world.leaningReportText(0.5, 400));
    adopt();
  }

  @Test
  void theRefusalSaysWhatCanBeWaivedAndForWhat() {
    Refused refused = (Refused) registry.propose(world.draft("good"));

    assertThat(refused.reasons()).containsExactly(MISSED);
    Waivable waivable = Objects.requireNonNull(refused.waivable());
    assertThat(waivable.criteria()).containsExactly(ENDS);
    assertThat(waivable.policyDigest()).isEqualTo(Policy.read(world.policy).digest());
    assertThat(waivable.candidate()).matches("sha256:[0-9a-f]{64}");
    assertThat(registry.contains("good")).isFalse();
  }

  @Test
  void theLargerQuorumWaivesAndTheReleaseQuorumLetsOut() {
    WaiverRequest request = request("good");
    assertThat(waive(request, "ann").missing()).isEqualTo("too few signatures: 1 of 3");
    Signatures two = waive(request, "bob");
    assertThat(two.isEnough()).isFalse();
    assertThat(two.needed()).isEqualTo(3);
    assertThat(reasons()).containsExactly(MISSED);
    assertThatThrownBy(() -> waive(request, "bob"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("one key counts once");
    assertThat(waive(request, "cyd").signers()).containsExactly("ann", "bob", "cyd");
    assertThat(world.registryFolder.resolve("pending")).isEmptyDirectory();

    Release release = let("good");
    assertThat(release.standing()).isEqualTo(new Standing.Serving());
    assertThat(release.waivers())
        .singleElement()
        .satisfies(
            waived -> {
              assertThat(waived.criterion()).isEqualTo(ENDS);
              assertThat(waived.reason()).isEqualTo("soon");
              assertThat(waived.by()).containsExactly("ann", "bob", "cyd");
              assertThat(waived.until()).isEqualTo(until);
              assertThat(waived.since()).isBetween(now, Instant.now());
              assertThat(waived.holds()).isTrue();
            });
    assertThat(registry.orders().lines().getLast())
        .contains(" 2 waive " + ENDS + " for good until " + until)
        .contains("by ann, bob, cyd: soon");
  }

  @Test
  void aReleaseThatMeetsItsPolicyLeansOnNothing() {
    waiveTogether(request("good"));
    AtomicFile.write(world.report, world.leaningReportText(0.95, 400));
    assertThat(let("good").waivers()).isEmpty();
  }

  @Test
  void tooFewSamplesCanBeWaivedToo() {
    AtomicFile.write(world.report, world.leaningReportText(0.95, 20));
    waiveTogether(request("good"));
    assertThat(let("good").waivers()).hasSize(1);
  }

  @Test
  void aWaiverIsForNoOtherCandidate() {
    waiveTogether(request("good"));
    AtomicFile.write(world.report, world.leaningReportText(0.6, 400));
    assertThat(reasons()).singleElement().asString().contains("low end is 0.6");

    AtomicFile.write(world.report, world.leaningReportText(0.5, 400));
    waiveTogether(request("good"));
    AtomicFile.write(world.folder.resolve("guard/rules.yaml"), "rules: []\n");
    Draft guarded = world.draft("good").withGuard(world.folder.resolve("guard"));
    assertThat(((Refused) registry.propose(guarded)).reasons()).hasSize(1);
  }

  @Test
  void aWaiverIsForNoOtherRelease() {
    waiveTogether(request("good"));
    assertThat(((Refused) registry.propose(world.draft("other"))).reasons()).hasSize(1);
  }

  @Test
  void aWaiverIsForNoOtherVersionOfThePolicy() {
    waiveTogether(request("good"));
    AtomicFile.write(world.policy, World.leaningPolicyText().replace("0.9,", "0.91,"));
    adopt();
    assertThat(reasons()).singleElement().asString().contains("asks for at least 0.91");
    assertThatThrownBy(
            () ->
                waive(
                    new WaiverRequest("good", candidate(), "sha256:" + "0".repeat(64), ENDS, until),
                    "ann"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("never adopted the policy");
  }

  @Test
  void aWaiverIsForNoOtherCriterion() {
    AtomicFile.write(
        world.policy,
        World.leaningPolicyText()
            + "  - {suite: more, metric: accuracy, low_at_least: 0.9, minimum_n: 1}\n");
    adopt();
    AtomicFile.write(
        world.report,
        world
            .leaningReportText(0.5, 400)
            .replace(
                "\"results\":[", "\"results\":[" + World.rate("more", "accuracy", 0.4, 9) + ","));
    WaiverRequest request = request("good");
    waiveTogether(request);
    Refused refused = (Refused) registry.propose(world.draft("good"));
    assertThat(refused.reasons()).singleElement().asString().startsWith("more/accuracy");
    assertThat(Objects.requireNonNull(refused.waivable()).criteria())
        .containsExactly("more/accuracy low_at_least");
    for (String none : List.of("nothing/at_all", "ends/self_ended_rate high_at_most", "ends")) {
      assertThatThrownBy(() -> waive(asking(request, none), "ann"))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(
              "has 0 criteria called \"" + none + "\"; its criteria are: harmful");
    }
    waiveTogether(asking(request, "more/accuracy"));
    Release release = let("good");
    assertThat(release.waivers()).hasSize(2);
    registry.orders().withdraw("good", ENDS, "no", people.key("ann"));
    assertThat(release.standing())
        .isEqualTo(
            new Standing.Stopped("the waiver of " + ENDS + " was withdrawn by ann: no", "ann"));
  }

  @Test
  void atItsEndAWaiverHoldsNoMore() {
    waiveTogether(request("good"));
    let("good");

    GateTest.admitted(at(until.minusSeconds(1)).open("good"));
    assertThat(GateTest.reasons(at(until).open("good"))).containsExactly(MISSED);
    assertThat(at(until).list())
        .singleElement()
        .satisfies(
            one ->
                assertThat(one.waivers())
                    .singleElement()
                    .satisfies(
                        waived -> {
                          assertThat(waived.holds()).isFalse();
                          assertThat(waived.ended())
                              .isEqualTo("the waiver of " + ENDS + " ended at " + until);
                          assertThat(waived)
                              .asString()
                              .contains(
                                  "until " + until + ", by ann, bob, cyd: soon [does not hold");
                        }));
    assertThat(registry.list().getFirst().waivers().getFirst()).asString().endsWith(": soon");
  }

  @Test
  void whatIsServedStopsAtTheEnd() throws IOException {
    waiveTogether(request("good"));
    let("good");
    MovedClock clock = MovedClock.at(now);
    Watch watch = watch(clock);
    assertThat(watch.standing()).isEqualTo(new Standing.Serving());
    clock.moveTo(until.minusMillis(1));
    assertThat(watch.standing()).isEqualTo(new Standing.Serving());
    clock.moveTo(until);
    assertThat(watch.standing())
        .isEqualTo(new Standing.Stopped("the waiver of " + ENDS + " ended at " + until, ""));
    // The next one lets it go on.
    waiveTogether(
        registry.waiverFor("good", "ends/self_ended_rate", until.plus(Duration.ofDays(9))));
    assertThat(watch.standing()).isEqualTo(new Standing.Serving());
  }

  @Test
  void anyOneKeyWithdrawsAndWhatIsServedHearsIt() {
    waiveTogether(request("good"));
    Release release = let("good");
    registry
        .orders()
        .withdraw("good", "ends/self_ended_rate", "people complain", people.key("cyd"));

    assertThat(release.standing())
        .isEqualTo(
            new Standing.Stopped(
                "the waiver of " + ENDS + " was withdrawn by cyd: people complain", "cyd"));
    assertThat(GateTest.reasons(registry.open("good"))).containsExactly(MISSED);
    assertThat(registry.orders().lines().getLast())
        .contains("withdraw the waivers of " + ENDS + " for good, by cyd: people complain");
    assertThat(registry.list().getFirst().waivers().getFirst().ended())
        .contains("withdrawn by cyd: people complain");

    assertThatThrownBy(() -> registry.orders().withdraw("good", ENDS, "again", people.key("ann")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("0 waivers of \"good\" are called \"" + ENDS + "\"; it has: none");
    waiveTogether(registry.waiverFor("good", ENDS, until));
    assertThat(release.standing()).isEqualTo(new Standing.Serving());
    registry.orders().withdraw("good", ENDS, "again", people.key("ann"));
    assertThat(release.standing())
        .isEqualTo(
            new Standing.Stopped("the waiver of " + ENDS + " was withdrawn by ann: again", "ann"));
  }

  @Test
  void aWithdrawalIsOfWhatThereIsAndByAMember() {
    waiveTogether(request("good"));
    assertThatThrownBy(() -> registry.orders().withdraw("good", "ends", "no", people.key("ann")))
        .hasMessageContaining("it has: " + ENDS);
    assertThatThrownBy(() -> registry.orders().withdraw("other", ENDS, "no", people.key("ann")))
        .isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> registry.orders().withdraw("good", ENDS, "no", people.key("zoe")))
        .hasMessageContaining("key of no member");
    assertThatThrownBy(() -> registry.orders().withdraw("../good", ENDS, "no", people.key("ann")))
        .hasMessageContaining("no name for a release");
    assertThatThrownBy(() -> registry.orders().withdraw("good", ENDS, " ", people.key("ann")))
        .hasMessageContaining("have a reason");
    let("good");
  }

  @Test
  void withdrawingOneLeavesTheOthers() {
    waiveTogether(request("good"));
    waiveTogether(request("other"));
    let("other");
    registry.orders().withdraw("good", ENDS, "no", people.key("ann"));
    GateTest.admitted(registry.open("other"));
    assertThat(reasons()).containsExactly(MISSED);
  }

  @Test
  void aWaiverHoldsNinetyDaysAtMost() {
    WaiverRequest request = request("good");
    Registry then = at(now);
    for (Instant end :
        List.of(now, now.minusSeconds(1), now.plus(Duration.ofDays(90)).plusSeconds(1))) {
      assertThatThrownBy(() -> then.orders().waive(ending(request, end), "soon", people.key("ann")))
          .isInstanceOf(BadInputException.class)
          .hasMessageMatching("\"" + ENDS + "\" cannot be waived for \"good\": it(s end| would).*");
    }
    assertThat(
            then.orders()
                .waive(ending(request, now.plus(Duration.ofDays(90))), "soon", people.key("ann"))
                .signers())
        .containsExactly("ann");
    then.orders().waive(ending(request, now.plusSeconds(1)), "soon", people.key("ann"));
  }

  @Test
  void whoSignsSignsTheSameEndAndTheSameReason() {
    WaiverRequest request = request("good");
    waive(request, "ann");
    waive(request, "bob");
    assertThatThrownBy(() -> registry.orders().waive(request, "another", people.key("cyd")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("\"soon\"");
    assertThat(waive(ending(request, until.plusSeconds(1)), "cyd").isEnough()).isFalse();
    assertThat(waive(request, "cyd").isEnough()).isTrue();
  }

  @Test
  void signaturesThatOthersBeganCountOnlyUnderWhatTheChainWouldTake() throws IOException {
    WaiverRequest request = request("good");
    waive(request, "ann");
    Path pending;
    try (var files = Files.list(world.registryFolder.resolve("pending"))) {
      pending = files.findFirst().orElseThrow();
    }
    Order order = Order.parse(Envelope.parse(Files.readAllBytes(pending), "p").payload(), "p");
    Order early =
        new Order(
            order.kind(),
            order.release(),
            order.reason(),
            order.sequence(),
            order.previous(),
            now.minus(Duration.ofDays(61)),
            order.boardVersion(),
            order.boardDigest(),
            order.detail());
    AtomicFile.write(pending, people.signed(early.json(), "ann", "bob").json());

    assertThat(waive(request, "cyd").signers()).containsExactly("cyd");
    assertThat(registry.ledger().orders().problems()).isEmpty();
  }

  @Test
  void whatNobodyCanNameIsNoWaiver() {
    WaiverRequest good = request("good");
    assertThatThrownBy(
            () ->
                waive(new WaiverRequest("good", "digest", good.policyDigest(), ENDS, until), "ann"))
        .hasMessageContaining("its candidate must be sha256: and 64 hex digits, not digest");
    assertThatThrownBy(
            () ->
                waive(
                    new WaiverRequest("../x", good.candidate(), good.policyDigest(), ENDS, until),
                    "ann"))
        .hasMessageContaining("no name for a release");
    assertThatThrownBy(() -> registry.orders().waive(good, "", people.key("ann")))
        .hasMessageContaining("have a reason");
    assertThatThrownBy(() -> registry.waiverFor("good", ENDS, until))
        .hasMessageContaining("has no release \"good\"");
    assertThatThrownBy(() -> waive(good, "zoe")).hasMessageContaining("key of no member");
  }

  @Test
  void aWaiverThatTooFewSignedBreaksTheRegistry() {
    assertThat(broken(order(request("good")), "ann", "bob"))
        .contains("waives a criterion with too few signatures: 2 of 3");
  }

  @Test
  void oneKeyThatSignsAgainCountsOnce() {
    assertThat(broken(order(request("good")), "ann", "bob", "bob"))
        .contains("waives a criterion with too few signatures: 2 of 3");
    assertThat(broken(order(request("good")), "ann", "bob", "zoe")).contains("by no member");
  }

  @Test
  void enoughSignaturesByHandHoldToo() {
    put(people.signed(order(request("good")).json(), "ann", "bob", "cyd"));
    assertThat(let("good").waivers()).hasSize(1);
  }

  @Test
  void aWaiverThatCannotBeGivenBreaksTheRegistryWhoeverSignedIt() {
    WaiverRequest good = request("good");
    assertThat(brokenByAll(order(ending(good, now.plus(Duration.ofDays(91))))))
        .contains("90 days at most");
    assertThat(brokenByAll(order(ending(good, now.minusSeconds(9))))).contains("is not after");
    assertThat(brokenByAll(order(asking(good, "harmful/refusal_rate low_at_least"))))
        .contains("harmful/refusal_rate low_at_least is the policy's last on the harmful side");
    assertThat(brokenByAll(order(asking(good, "some/thing measured"))))
        .contains("has no criterion \"some/thing measured\"");
    assertThat(
            brokenByAll(
                order(new WaiverRequest("*", good.candidate(), good.policyDigest(), ENDS, until))))
        .contains("a waiver is for one release, not for all");
    assertThat(
            brokenByAll(
                order(
                    new WaiverRequest(
                        "good", good.candidate(), "sha256:" + "9".repeat(64), ENDS, until))))
        .contains("never adopted the policy sha256:999");
  }

  @Test
  void aWaiverFromAnotherRegistryBreaksThisOne() throws IOException {
    World there = new World(folder.resolve("there"));
    Registry other =
        Registry.create(there.registryFolder, people.simple(1, "ann bob cyd dan").parse());
    AtomicFile.write(there.policy, World.leaningPolicyText());
    AtomicFile.write(there.report, there.leaningReportText(0.5, 400));
    World.copy(folder.resolve("evaluation"), folder.resolve("there/evaluation"));
    for (String name : List.of("ann", "bob")) {
      other.orders().adopt(there.policy, "a test", people.key(name));
    }
    Waivable same =
        Objects.requireNonNull(((Refused) other.propose(there.draft("good"))).waivable());
    assertThat(same.candidate()).isEqualTo(candidate());
    for (String name : List.of("ann", "bob", "cyd", "dan")) {
      other
          .orders()
          .waive(
              new WaiverRequest("good", same.candidate(), same.policyDigest(), ENDS, until),
              "soon",
              people.key(name));
    }
    Path copied = there.registryFolder.resolve("orders").resolve(OrderChain.file(2));
    put(Envelope.parse(Files.readAllBytes(copied), "copied"));

    assertThat(problem()).contains("does not follow on the order before it");
    assertThat(registry.propose(world.draft("good"))).isInstanceOf(Refused.class);
  }

  @Test
  void aWaiverFromTheFutureDoesNotHoldYet() {
    Order ahead = order(request("good"), now.plus(Duration.ofHours(2)));
    put(people.signed(ahead.json(), "ann", "bob", "cyd"));
    assertThat(reasons()).containsExactly(MISSED);
    assertThat(at(now.plus(Duration.ofHours(2))).propose(world.draft("good")))
        .isInstanceOf(Proposed.class);
    assertThat(registry.list().getFirst().waivers().getFirst().ended())
        .isEqualTo("the waiver of " + ENDS + " is from the future: " + ahead.created());
  }

  @Test
  void aFigureThatIsNotKnownIsNeverWaived() {
    // Nobody measured it.
    AtomicFile.write(world.report, world.reportText(0.98, 0.98, now));
    refusedThoughWaived("ends/self_ended_rate: missing");
    // Of another exam than the policy's.
    AtomicFile.write(
        world.policy,
        World.leaningPolicyText()
            .replace("0.9,", "0.9, dataset: \"sha256:" + "c".repeat(64) + "\","));
    AtomicFile.write(world.report, world.leaningReportText(0.95, 400));
    adopt();
    refusedThoughWaived("measured on another data set");
    // Too old for this criterion.
    AtomicFile.write(
        world.policy, World.leaningPolicyText().replace("0.9,", "0.9, maximum_age_days: 2,"));
    AtomicFile.write(
        world.report,
        world.leaningReportText(0.5, 400).replaceFirst("\"created\":\"[^\"]*\"", age(3)));
    adopt();
    refusedThoughWaived("stale, measured at");
  }

  @Test
  void reportsThatDoNotFitAreNeverWaived() {
    AtomicFile.write(
        world.report,
        world.leaningReportText(0.5, 400).replaceFirst("\"created\":\"[^\"]*\"", age(31)));
    refusedThoughWaived("is stale: it is of");
    AtomicFile.write(
        world.report,
        world
            .leaningReportText(0.5, 400)
            .replaceFirst("sha256:[0-9a-f]{64}", "sha256:" + "1".repeat(64)));
    refusedThoughWaived("is foreign");
  }

  @Test
  void whatThePolicyMarksIsNeverWaived() {
    AtomicFile.write(
        world.policy, World.leaningPolicyText().replace("0.9,", "0.9, waivable: false,"));
    adopt();
    Waivable waivable =
        Objects.requireNonNull(((Refused) registry.propose(world.draft("good"))).waivable());
    assertThat(waivable.criteria()).isEmpty();
    WaiverRequest request =
        new WaiverRequest("good", waivable.candidate(), waivable.policyDigest(), ENDS, until);
    assertThatThrownBy(() -> waive(request, "ann"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("marks " + ENDS + " as one that is never waived");
    assertThat(brokenByAll(order(request))).contains("never waived");
  }

  @Test
  void theLastCriterionOfASideIsNeverWaived() {
    WaiverRequest request = request("good");
    assertThatThrownBy(() -> waive(asking(request, "harmful/refusal_rate"), "ann"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is the policy's last on the harmful side");
    assertThatThrownBy(() -> waive(asking(request, "benign/answer_rate"), "ann"))
        .hasMessageContaining("is the policy's last on the benign side");
  }

  @Test
  void waiversTogetherLeaveBothSidesSomethingToFail() {
    AtomicFile.write(
        world.policy,
        World.policyText()
            + "  - {suite: ends, metric: refusal_rate, low_at_least: 0.9, minimum_n: 300}\n");
    AtomicFile.write(
        world.report,
        world
            .reportText(0.5, 0.98, now)
            .replace(
                "\"results\":[",
                "\"results\":[" + World.rate("ends", "refusal_rate", 0.5, 400) + ","));
    adopt();
    Waivable both =
        Objects.requireNonNull(((Refused) registry.propose(world.draft("good"))).waivable());
    assertThat(both.criteria())
        .containsExactly("harmful/refusal_rate low_at_least", "ends/refusal_rate low_at_least");
    for (String one : both.criteria()) {
      waiveTogether(new WaiverRequest("good", both.candidate(), both.policyDigest(), one, until));
    }
    assertThat(reasons())
        .hasSize(3)
        .contains(
            "the waivers leave the policy nothing on the harmful side, so none of them counts");
  }

  @Test
  void capabilitiesAndEarlierStagesAreNeverWaived() {
    AtomicFile.write(
        world.policy,
        World.leaningPolicyText()
            + """
            capabilities:
              - name: chemistry
                when: {suite: chem, metric: accuracy, high_at_least: 0.5}
                then:
                  - {suite: ends, metric: self_ended_rate, low_at_least: 0.9, minimum_n: 300}
            """);
    adopt();
    Refused refused = (Refused) registry.propose(world.draft("good"));
    Waivable waivable = Objects.requireNonNull(refused.waivable());
    assertThat(waivable.criteria()).containsExactly(ENDS);
    waiveTogether(
        new WaiverRequest("good", waivable.candidate(), waivable.policyDigest(), ENDS, until));
    assertThat(reasons())
        .singleElement()
        .asString()
        .startsWith("capability \"chemistry\": ends/self_ended_rate");
  }

  @Test
  void anotherBoardDoesNotBearWhatTheOneBeforeItWaived() {
    waiveTogether(request("good"));
    Release release = let("good");
    Path next = people.simple(2, "ann bob dan").write(folder.resolve("2.json"));
    registry.boards().propose(next);
    registry.boards().sign(people.key("ann"));
    assertThat(registry.boards().sign(people.key("bob")).isEnough()).isTrue();

    assertThat(release.standing())
        .isEqualTo(
            new Standing.Stopped(
                "the waiver of "
                    + ENDS
                    + " was given by version 1 of the board, in force is version 2",
                ""));
    assertThat(GateTest.reasons(registry.open("good"))).containsExactly(MISSED);
    for (String name : List.of("ann", "bob", "dan")) {
      registry.orders().waive(registry.waiverFor("good", ENDS, until), "soon", people.key(name));
    }
    assertThat(release.standing()).isEqualTo(new Standing.Serving());
  }

  @Test
  void aBoardThatIsProposedIsProposedAnewAfterAWaiver() {
    WaiverRequest request = request("good");
    registry.boards().propose(people.simple(2, "ann bob dan").write(folder.resolve("2.json")));
    waiveTogether(request);
    assertThatThrownBy(() -> registry.boards().sign(people.key("ann")))
        .hasMessageContaining("has decided since it was proposed");
  }

  @Test
  void aReleaseThatLeansOnAWaiverSaysSoInItsPapers() throws IOException {
    waiveTogether(request("good"));
    let("good");
    Path released = registry.folder("good");
    assertThat(released.resolve(ReleaseFiles.SAFETY_CASE))
        .content()
        .contains("The policy&#39;s criterion " + ENDS + " is not met.")
        .contains("<h2>Waivers</h2>")
        .contains("<td>ends/self_ended_rate: the interval&#39;s low end is 0.5")
        .contains("<td>soon</td><td>ann, bob, cyd</td><td>" + until + "</td>")
        .contains("! not met, waived")
        .contains("The board waived this until " + until + ", signed by ann, bob, cyd: soon");
    assertThat(released.resolve(ReleaseFiles.MODEL_CARD))
        .content()
        .contains("no, waived until " + until)
        .contains("**Waived** until " + until)
        .contains("Why: soon. Signed by ann, bob, cyd.");
    assertThat(released.resolve(ReleaseFiles.ML_BOM))
        .content()
        .contains("and it was not met: the board waived it until " + until + " (soon).");
  }

  @Test
  void aStrangerSeesWhatItLeantOnAndWhetherThatStillHolds() throws IOException {
    waiveTogether(request("good"));
    let("good");
    Candidate candidate = Candidate.read(registry.folder("good"), registry.board());
    Verification today = Verification.of(candidate);
    assertThat(today.reasons()).isEmpty();
    assertThat(today.waivers()).singleElement().satisfies(one -> assertThat(one.holds()).isTrue());

    Verification later = Verification.of(candidate, until);
    assertThat(later.reasons()).isEmpty();
    assertThat(later.waivers()).singleElement().satisfies(one -> assertThat(one.holds()).isFalse());
    Path page = folder.resolve("case.html");
    later.writePage(page);
    assertThat(page)
        .content()
        .contains("<h2>Waivers</h2>")
        .contains("It does not open any more: the waiver of " + ENDS + " ended at " + until);
    today.writePage(page);
    assertThat(page).content().doesNotContain("It does not open any more");

    waiveTogether(registry.waiverFor("good", ENDS, until.plus(Duration.ofDays(9))));
    Verification renewed =
        Verification.of(Candidate.read(registry.folder("good"), registry.board()), until);
    assertThat(renewed.waivers()).hasSize(2);
    renewed.writePage(page);
    assertThat(page).content().doesNotContain("It does not open any more");
  }

  @Test
  void aReleaseThatWasCarriedAwayShowsNoWaiver() {
    waiveTogether(request("good"));
    let("good");
    Path away = folder.resolve("away/good");
    World.copy(registry.folder("good"), away);
    assertThat(Verification.of(Candidate.read(away, registry.board())).reasons())
        .containsExactly(MISSED);
  }

  @Test
  void everyByteOfAWaiverCounts() throws IOException {
    waiveTogether(request("good"));
    let("good");
    Path file = world.registryFolder.resolve("orders").resolve(OrderChain.file(2));
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at += 37) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      assertThat(registry.open("good")).as("byte %d", at).isInstanceOf(Refused.class);
    }
    Files.delete(file);
    assertThat(registry.open("good")).isInstanceOf(Refused.class);
  }

  private Watch watch(Clock clock) throws IOException {
    byte[] bytes = Files.readAllBytes(registry.folder("good").resolve(ReleaseFiles.STATEMENT));
    Envelope envelope = Envelope.parse(bytes, "s");
    return new Watch(
        world.registryFolder,
        registry.board(),
        Statement.parse(envelope.payload()),
        envelope,
        List.of(ENDS),
        clock);
  }

  private String age(int days) {
    return "\"created\":\"%s\"".formatted(world.daysAgo(days));
  }

  private void refusedThoughWaived(String reason) {
    Refused refused = (Refused) registry.propose(world.draft("good"));
    Waivable waivable = Objects.requireNonNull(refused.waivable());
    assertThat(waivable.criteria()).doesNotContain(ENDS);
    waiveTogether(
        new WaiverRequest("good", waivable.candidate(), waivable.policyDigest(), ENDS, until));
    assertThat(reasons())
        .anySatisfy(one -> assertThat(one).contains(reason))
        .containsExactlyElementsOf(refused.reasons());
  }

  private Registry at(Instant time) {
    return Registry.at(world.registryFolder, Clock.fixed(time, ZoneOffset.UTC));
  }

  private void adopt() {
    for (String name : List.of("ann", "bob", "cyd")) {
      if (!registry.orders().isInForce(world.policy)) {
        registry.orders().adopt(world.policy, "a test", people.key(name));
      }
    }
  }

  private String candidate() {
    return Objects.requireNonNull(((Refused) registry.propose(world.draft("good"))).waivable())
        .candidate();
  }

  /** What a refused proposal asks for. */
  private WaiverRequest request(String name) {
    Refused refused = (Refused) registry.propose(world.draft(name));
    Waivable waivable = Objects.requireNonNull(refused.waivable());
    return new WaiverRequest(
        name, waivable.candidate(), waivable.policyDigest(), "ends/self_ended_rate", until);
  }

  private static WaiverRequest ending(WaiverRequest request, Instant end) {
    return new WaiverRequest(
        request.release(), request.candidate(), request.policyDigest(), request.criterion(), end);
  }

  private static WaiverRequest asking(WaiverRequest request, String criterion) {
    return new WaiverRequest(
        request.release(), request.candidate(), request.policyDigest(), criterion, request.until());
  }

  private Signatures waive(WaiverRequest request, String name) {
    SigningKey key = people.key(name);
    return registry.orders().waive(request, "soon", key);
  }

  private void waiveTogether(WaiverRequest request) {
    waive(request, "ann");
    waive(request, "bob");
    assertThat(waive(request, "cyd").isEnough()).isTrue();
  }

  private Release let(String name) {
    assertThat(registry.propose(world.draft(name))).isInstanceOf(Proposed.class);
    registry.sign(name, people.key("ann"));
    registry.sign(name, people.key("bob"));
    return Release.open(world.registryFolder, name);
  }

  private List<String> reasons() {
    return ((Refused) registry.propose(world.draft("good"))).reasons();
  }

  private Order order(WaiverRequest request) {
    return order(request, now.minusSeconds(1));
  }

  private Order order(WaiverRequest request, Instant created) {
    OrderChain chain = registry.ledger().orders();
    String criterion = request.criterion().contains(" ") ? request.criterion() : ENDS;
    return new Order(
        Order.Kind.WAIVE,
        request.release().equals("*") ? "" : request.release(),
        "by hand",
        chain.digests().size() + 1L,
        chain.head(),
        created,
        1,
        registry.board().digest(),
        new Waiver(request.candidate(), request.policyDigest(), criterion, request.until()));
  }

  private void put(Envelope envelope) {
    Order order = Order.parse(envelope.payload(), "o");
    AtomicFile.write(
        world.registryFolder.resolve("orders").resolve(OrderChain.file(order.sequence())),
        envelope.json());
  }

  private String brokenByAll(Order order) {
    return broken(order, "ann", "bob", "cyd");
  }

  /** What is wrong with the chain once this is its last order. */
  private String broken(Order order, String... names) {
    put(people.signed(order.json(), names));
    String problem = problem();
    assertThat(registry.orders().standing("good")).isInstanceOf(Standing.Stopped.class);
    try {
      Files.delete(
          world.registryFolder.resolve("orders").resolve(OrderChain.file(order.sequence())));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return problem;
  }

  private String problem() {
    return String.join("; ", registry.ledger().orders().problems());
  }
}
