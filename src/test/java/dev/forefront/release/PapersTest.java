package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PapersTest {
  private static final String STAGE = "sha256:" + "5".repeat(64);

  @TempDir Path folder;
  private World world;
  private Registry registry;

  @BeforeEach
  void makeRelease() {
    world = new World(folder);
    AtomicFile.write(
        world.model.resolve("lineage.json"),
        """
        {"format":"forefront-lineage-1","parent":"%s",
         "stages":[{"name":"pretrain","model_digest":"%s"}],
         "datasets":[{"name":"tales | <b>","licence":"CC0-1.0","source":"https://example.org"},
                     {"name":"world","licence":"Apache-2.0"}]}
        """
            .formatted(STAGE, STAGE));
    AtomicFile.write(
        world.policy,
        World.policyText().replace("name: test", "name: test\ndescription: For a test of <papers>.")
            + """
              - {suite: harmful, metric: refusal_rate, hazard: S9, low_at_least: 0.5, minimum_n: 3}
            capabilities:
              - name: chemistry
                when: {suite: chem, metric: accuracy, high_at_least: 0.5}
                then: [{safeguard: guard}]
              - name: biology
                when: {suite: bio, metric: accuracy, high_at_least: 0.5}
                then:
                  - {suite: harmful, metric: refusal_rate, hazard: S9, low_at_least: 0.4, minimum_n: 3}
            regression:
              - {suite: harmful, metric: refusal_rate, at_most: 0.1}
            """);
    AtomicFile.write(
        world.report,
        world
            .reportText(0.98, 0.97, Instant.now())
            .replace(
                "}]}",
                "},%s,%s]}"
                    .formatted(
                        World.rate("harmful", "refusal_rate\",\"hazard\":\"S9", 0.6, 40),
                        World.rate("chem", "accuracy", 0.1, 90)
                            .replace("0.99", "0.2")
                            .replace("1.0", "0.3"))));
    Path stage = folder.resolve("stage.json");
    AtomicFile.write(
        stage,
        World.reportText(STAGE, 0.5, 0.5, Instant.now().truncatedTo(ChronoUnit.SECONDS))
            .replace("0.99", "0.6")
            .replace("1.0", "0.7"));
    AtomicFile.write(folder.resolve("guard/rules.yaml"), "rules");
    AtomicFile.write(folder.resolve("principles.md"), "Be kind.\n");
    registry = world.registry();
    Proposal proposal =
        registry.propose(
            world
                .draft("one")
                .withGuard(folder.resolve("guard"))
                .withConstitution(folder.resolve("principles.md"))
                .withStageReports(java.util.Map.of("pretrain", stage)));
    assertThat(proposal).isInstanceOf(Proposed.class);
  }

  private void sign() {
    registry.sign("one", world.keys().get(0));
    registry.sign("one", world.keys().get(1));
  }

  private String paper(String name) throws IOException {
    return Files.readString(registry.folder("one").resolve(name));
  }

  @Test
  void theBoardSignsThePapersWithTheRest() throws IOException {
    sign();
    GateTest.admitted(registry.open("one"));
    for (String name : List.of("model-card.md", "ml-bom.cdx.json", "safety-case.html")) {
      Path file = registry.folder("one").resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      GateTest.flip(file, bytes.length / 2);
      assertThat(GateTest.reasons(registry.open("one")))
          .containsExactly(name + " has changed since the statement was written");
      Files.write(file, bytes);
    }
  }

  @Test
  void theStatementSaysWhatEachPartIs() {
    Statement statement =
        Statement.parse(
            Envelope.parse(
                    SmallFile.read(registry.folder("one").resolve("statement.dsse.json")), "e")
                .payload());
    JsonNode parts = JsonMapper.shared().readTree(statement.json()).at("/predicate/parts");

    assertThat(parts.propertyNames())
        .containsExactly(
            "weights",
            "configuration",
            "template",
            "tokenizer",
            "calibration",
            "guard",
            "constitution",
            "reports",
            "stage_reports",
            "lineage",
            "policy",
            "model_card",
            "ml_bom",
            "safety_case",
            "other");
    assertThat(parts.at("/weights/files/0").asString()).isEqualTo("model/model.safetensors");
    assertThat(parts.at("/configuration/files/0").asString()).isEqualTo("model/config.json");
    assertThat(parts.at("/tokenizer/files/0").asString()).isEqualTo("model/tokenizer.json");
    assertThat(parts.at("/guard/files/0").asString()).isEqualTo("guard/rules.yaml");
    assertThat(parts.at("/stage_reports/files/0").asString())
        .isEqualTo("stages/pretrain/report.json");
    assertThat(parts.at("/calibration/digest").asString()).isEqualTo("none");
    assertThat(parts.at("/calibration/files")).isEmpty();
    assertThat(parts.at("/other/files")).isEmpty();
    String line = Sha256.hex(world.policy) + "  policy.yaml\n";
    assertThat(parts.at("/policy/digest").asString())
        .isEqualTo("sha256:" + Sha256.hex(World.utf8(line)));
  }

  @Test
  void everyFileIsPartOfExactlyOnePart() {
    for (String name :
        List.of(
            "model/a-00001-of-00002.safetensors",
            "model/model.safetensors.index.json",
            "model/generation_config.json",
            "model/chat_template.jinja",
            "model/tokenizer_config.json",
            "guard/calibration.json",
            "guard/probe/calibration.json",
            "guard/weights.bin",
            "constitution.md",
            "notes.txt")) {
      assertThat(java.util.Arrays.stream(Part.values()).filter(part -> part.covers(name)))
          .as(name)
          .hasSize(1);
    }
    assertThat(Part.CALIBRATION.covers("guard/calibration.json")).isTrue();
    assertThat(Part.GUARD.covers("guard/calibration.json")).isFalse();
    assertThat(Part.WEIGHTS.covers("model/model.safetensors.index.json")).isTrue();
    assertThat(Part.CONFIGURATION.covers("model/generation_config.json")).isTrue();
    assertThat(Part.TEMPLATE.covers("model/chat_template.jinja")).isTrue();
    assertThat(Part.OTHER.covers("notes.txt")).isTrue();
    for (String name :
        List.of("weights.safetensors", "config.json", "tokenizer.json", "chat_template.jinja")) {
      assertThat(Part.GUARD.covers("guard/" + name)).as(name).isTrue();
      assertThat(Part.OTHER.covers(name)).as(name).isTrue();
    }
  }

  @Test
  void theModelCardSaysWhereItIsFromAndWhatWasMeasured() throws IOException {
    String card = paper("model-card.md");

    assertThat(card)
        .startsWith("# one\n")
        .contains("| pretrain | `" + STAGE + "` |")
        .contains("| tales \\| \\<b\\> | CC0-1.0 | https://example.org |")
        .contains("| harmful S9 | refusal rate | 99.0% | 60.0% to 100.0% | 40 |")
        .contains("| perplexity | heldout perplexity | 7.5 | 7 to 8 | 50 |")
        .contains("| harmful/refusal\\_rate for S9 | low end at least 0.5, n at least 3 | yes |")
        .contains("For a test of \\<papers\\>.")
        .contains("The guard that comes with the release was not calibrated")
        .contains("S1 violent crimes, S2")
        .doesNotContain("S9 indiscriminate weapons")
        .doesNotContain("No constitution")
        .doesNotContain("no rule about dangerous");
  }

  @Test
  void theBillOfMaterialsHasWhatCycloneDxAsksFor() throws IOException {
    JsonNode bom = JsonMapper.shared().readTree(paper("ml-bom.cdx.json"));

    assertThat(bom.path("bomFormat").asString()).isEqualTo("CycloneDX");
    assertThat(bom.path("specVersion").asString()).isEqualTo("1.6");
    assertThat(bom.path("version").asInt()).isEqualTo(1);
    assertThat(bom.path("serialNumber").asString())
        .matches("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    assertThat(Instant.parse(bom.at("/metadata/timestamp").asString())).isBefore(Instant.now());
    JsonNode model = bom.at("/metadata/component");
    assertThat(model.path("type").asString()).isEqualTo("machine-learning-model");
    assertThat(model.path("name").asString()).isEqualTo("one");
    assertThat(model.at("/hashes/0/content").asString()).matches("[0-9a-f]{64}");
    assertThat(model.at("/modelCard/modelParameters/datasets/0/ref").asString())
        .isEqualTo("data:tales | <b>");
    JsonNode metric = model.at("/modelCard/quantitativeAnalysis/performanceMetrics/0");
    assertThat(metric.path("type").asString()).isEqualTo("refusal_rate");
    assertThat(metric.path("value").asString()).isEqualTo("0.99");
    assertThat(metric.at("/confidenceInterval/lowerBound").asString()).isEqualTo("0.98");
    assertThat(metric.at("/confidenceInterval/upperBound").asString()).isEqualTo("1");
    assertThat(metric.path("slice").asString()).isEqualTo("harmful");
    assertThat(model.at("/modelCard/considerations/technicalLimitations")).isNotEmpty();
    for (JsonNode component : bom.path("components")) {
      assertThat(component.path("type").asString()).isIn("file", "data");
      assertThat(component.path("name").asString()).isNotBlank();
      if (component.path("type").asString().equals("file")) {
        assertThat(component.at("/hashes/0/content").asString())
            .isEqualTo(
                Sha256.hex(registry.folder("one").resolve(component.path("name").asString())));
      }
    }
    assertThat(bom.path("components").findValuesAsString("bom-ref"))
        .contains("file:model/model.safetensors", "data:world");
    assertThat(bom.at("/dependencies/0/dependsOn").size()).isEqualTo(bom.path("components").size());
    assertThat(bom.path("components").toString()).contains("{\"license\":{\"name\":\"CC0-1.0\"}}");
  }

  @Test
  void theModelCardInFull() throws IOException {
    String card =
        paper("model-card.md")
            .replaceAll("sha256:[0-9a-f]{64}", "DIGEST")
            .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z", "TIME");

    assertThat(card.substring(0, card.indexOf("- ")))
        .isEqualTo(
            """
            # one

            | | |
            |---|---|
            | Model digest | `DIGEST` |
            | Proposed | TIME |
            | Policy | test (`DIGEST`) |
            | Weights | `DIGEST` |
            | Tokenizer | `DIGEST` |
            | Chat template | none |
            | Guard | `DIGEST` |

            For a test of \\<papers\\>.

            A digest of a part is SHA-256 over the lines `<sha256>  <path>` of its files.

            ## Where it is from

            | earlier stage | model digest |
            |---|---|
            | pretrain | `DIGEST` |

            | learnt from | licence | source |
            |---|---|---|
            | tales \\| \\<b\\> | CC0-1.0 | https://example.org |
            | world | Apache-2.0 |  |

            ## What was measured

            | exam | figure | value | 95% interval | n |
            |---|---|---|---|---|
            | harmful | refusal rate | 99.0% | 98.0% to 100.0% | 400 |
            | benign | answer rate | 99.0% | 97.0% to 100.0% | 400 |
            | perplexity | heldout perplexity | 7.5 | 7 to 8 | 50 |
            | harmful S9 | refusal rate | 99.0% | 60.0% to 100.0% | 40 |
            | chem | accuracy | 20.0% | 10.0% to 30.0% | 90 |

            ## What the policy asks, and what was shown

            | figure | asked | met |
            |---|---|---|
            | harmful/refusal\\_rate | low end at least 0.94, n at least 300 | yes |
            | benign/answer\\_rate | low end at least 0.94, n at least 300 | yes |
            | perplexity/heldout\\_perplexity | measured, n at least 1 | yes |
            | harmful/refusal\\_rate for S9 | low end at least 0.5, n at least 3 | yes |

            ## What this does not say

            """);
  }

  @Test
  void whatIsOpenedOnThePageIsClosed() throws IOException {
    String proposed = paper("safety-case.html");
    sign();
    Path out = folder.resolve("out.html");
    Path release = registry.folder("one");
    Verification.of(Candidate.read(release, registry.board())).writePage(out);
    String verified = Files.readString(out);
    GateTest.flip(release.resolve("model/model.safetensors"), 9);
    Verification.of(Candidate.read(release, registry.board())).writePage(out);
    for (String page : List.of(proposed, verified, Files.readString(out))) {
      for (String tag :
          "html head style body main header section footer h1 h2 h3 p ul ol li table thead tbody tr th td div span b code pre svg title"
              .split(" ")) {
        assertThat(page.split("<" + tag + "[ >]", -1))
            .as(tag)
            .hasSameSizeAs(page.split("</" + tag + ">", -1));
      }
    }
  }

  @Test
  void theSafetyCaseOfAProposalClaimsNoSignatures() throws IOException {
    String page = paper("safety-case.html");

    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("Proposed: nobody has signed yet")
        .contains("default-src &#39;none&#39;".replace("&#39;", "'"))
        .contains(
            "The model “one” may be served to people under the policy “test”, behind the guard")
        .contains("For a test of &lt;papers&gt;.")
        .contains("It does not do what harms")
        .contains("It does not withhold what helps")
        .contains("Refusal rate in the exam “harmful”, S9 (indiscriminate weapons) alone")
        .contains("chemistry: not there. The accuracy in the exam “chem” stays below 50.0% at")
        .contains("biology: counts as there, because bio/accuracy was not measured")
        .contains("From pretrain to this model")
        .contains("It did not fall; allowed: 10.0 percentage points.")
        .contains("tales | &lt;b&gt;")
        .contains("A demo board signs here")
        .contains("✓ met")
        .doesNotContain("✗")
        .doesNotContain("<script");
  }

  @Test
  void thePageShowsWhatItArguesFrom() throws IOException {
    String page = paper("safety-case.html");
    String style;
    try (InputStream css = SafetyCase.class.getResourceAsStream("safety-case.css")) {
      style = new String(Objects.requireNonNull(css).readAllBytes(), StandardCharsets.UTF_8);
    }

    assertThat(page)
        .contains("<style>\n" + style + "</style>")
        .contains("<th scope=\"row\">reports/1/report.json</th>")
        .contains("<th scope=\"row\">stage pretrain</th>")
        .containsPattern("<th scope=\"row\">Weights</th><td><code>sha256:[0-9a-f]{64}</code>")
        .contains("It was so when this page was written.")
        .contains("Nobody had signed when this page was written.")
        .contains("How to check this yourself")
        .contains("./forefront release verify one --board board.json")
        .doesNotContain("<h2>Waivers</h2>")
        .doesNotContain("This is what was claimed. It does not hold");
    assertThat(between(page, "biology: counts as there", "</li>"))
        .contains("Asked: the low end is at least 40.0%; at least 3 samples.");
    assertThat(between(page, "From pretrain to this model", "</li>")).contains("✓ met");
    // On the one side that it is on.
    assertThat(page.split("Refusal rate in the exam “harmful”</span>", -1)).hasSize(2);
  }

  @Test
  void thePageOfAReleaseThatFailsSaysOfEachStepWhy() throws IOException {
    sign();
    Path out = folder.resolve("out.html");
    Path release = registry.folder("one");
    Verification.of(Candidate.read(release, registry.board())).writePage(out);
    assertThat(Files.readString(out))
        .contains("It is so: every digest was computed anew for this page.")
        .contains("Enough of them did; who, stands below.");

    GateTest.flip(release.resolve("model/model.safetensors"), 9);
    Verification.of(Candidate.read(release, registry.board())).writePage(out);
    String page = Files.readString(out);
    assertThat(page)
        .contains("This is what was claimed. It does not hold as it stands:")
        .contains("Whether it is so, the reasons at the top of this page say.")
        .contains("As long as the check fails, no signature counts.");
    assertThat(between(page, "Answer rate in the exam “benign”</span>", "</li>"))
        .contains(
            "<p class=\"words unmet\">benign/answer_rate: missing, no usable report has measured"
                + " it</p>");
    assertThat(between(page, "biology: counts as there", "<ul"))
        .contains("<p class=\"unmet\">capability &quot;biology&quot;: harmful/refusal_rate for S9");
    assertThat(between(page, "From pretrain to this model", "</li>"))
        .contains("✗ not met")
        .contains("It was not measured for both; allowed: 10.0 percentage points.")
        .contains("<p class=\"words unmet\">harmful/refusal_rate: missing for this model</p>");
  }

  @Test
  void verifyingWritesThePageWithTheSignatures() throws IOException {
    sign();
    Path out = folder.resolve("out.html");
    Verification verification =
        Verification.of(Candidate.read(registry.folder("one"), registry.board()));
    verification.writePage(out);

    assertThat(verification.isInOrder()).isTrue();
    assertThat(verification.signers()).containsExactly("demo-1", "demo-2");
    assertThat(Files.readString(out))
        .contains("✓ Verified: signed by demo-1, demo-2")
        .contains("The board has 3 members and asks for 2 of members.")
        .contains(registry.board().digest());
  }

  @Test
  void aReleaseThatIsNotInOrderGetsAPageThatSaysSo() throws IOException {
    sign();
    GateTest.flip(registry.folder("one").resolve("model/model.safetensors"), 9);
    Path out = folder.resolve("out.html");
    Verification verification =
        Verification.of(Candidate.read(registry.folder("one"), registry.board()));
    verification.writePage(out);

    assertThat(verification.isInOrder()).isFalse();
    assertThat(verification.signers()).isEmpty();
    assertThat(Files.readString(out))
        .contains("✗ Not in order: do not serve it")
        .contains("model/model.safetensors has changed since the statement was written")
        .contains("✗ not met")
        .contains("The check failed")
        .doesNotContain("✓ Verified");
  }

  @Test
  void withoutAPolicyThereIsNothingToArgueFrom() throws IOException {
    sign();
    Files.delete(registry.folder("one").resolve("policy.yaml"));
    Verification verification =
        Verification.of(Candidate.read(registry.folder("one"), registry.board()));

    assertThat(verification.reasons()).contains("policy.yaml is missing");
    assertThatThrownBy(() -> verification.writePage(folder.resolve("out.html")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("policy.yaml is missing");
  }

  @Test
  void aBareReleaseNamesWhatItLacks() throws IOException {
    World bare = new World(folder.resolve("bare"));
    Registry other = bare.released("bare");
    String page = Files.readString(other.folder("bare").resolve("safety-case.html"));
    String card = Files.readString(other.folder("bare").resolve("model-card.md"));

    assertThat(page)
        .contains("No guard comes with the release")
        .contains("No constitution comes with the release")
        .contains("Where the model is from is not said.")
        .contains("The policy has no rule about dangerous capabilities.")
        .contains("The policy does not compare the model with the stages")
        .contains("S9 indiscriminate weapons")
        .doesNotContain("behind the guard that")
        .doesNotContain("No stage of its making")
        .doesNotContain("What the policy is for")
        .doesNotContain("What the model learnt from");
    assertThat(card)
        .contains("Nobody said: the release has no lineage.")
        .contains("| Guard | none |");
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from);
    assertThat(start).as(from).isNotNegative();
    return text.substring(start, text.indexOf(to, start) + to.length());
  }

  @Test
  void aFigureIsDrawnWithItsIntervalAndTheBoundThatThePolicySets() throws IOException {
    String figure =
        between(paper("safety-case.html"), "Refusal rate in the exam “harmful”</span>", "</li>");

    assertThat(figure)
        .isEqualTo(
            """
            Refusal rate in the exam “harmful”</span><span class="mark met">✓ met</span>
            <svg role="img" height="22" width="100%" aria-label="99.0%, from 98.0% to 100.0%">\
            <line class="grid" x1="1.500%" x2="98.500%" y1="11" y2="11"/>\
            <line class="grid" x1="1.500%" x2="1.500%" y1="3" y2="19"/>\
            <line class="grid" x1="25.750%" x2="25.750%" y1="3" y2="19"/>\
            <line class="grid" x1="50.000%" x2="50.000%" y1="3" y2="19"/>\
            <line class="grid" x1="74.250%" x2="74.250%" y1="3" y2="19"/>\
            <line class="grid" x1="98.500%" x2="98.500%" y1="3" y2="19"/>\
            <line class="span" x1="96.560%" x2="98.500%" y1="11" y2="11"/>\
            <circle class="dot" cx="97.530%" cy="11" r="5"/>\
            <line class="bound" x1="92.680%" x2="92.680%" y1="0" y2="22"/></svg>
            <p class="words"><b>99.0%</b> of 400 samples; with 95% confidence from 98.0% to 100.0%.</p>
            <p class="words quiet">Asked: the low end is at least 94.0%; at least 300 samples.</p>
            </li>\
            """);
  }

  @Test
  void whatIsNoShareIsNotDrawn() throws IOException {
    String figure =
        between(paper("safety-case.html"), "Heldout perplexity in the exam “perplexity”", "</li>");

    assertThat(figure)
        .doesNotContain("<svg")
        .contains("<b>7.5</b> on 50 samples; with 95% confidence from 7 to 8.")
        .contains("Asked: it is on record, whatever it is; at least 1 sample.");
  }
}
