package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found below a release's folder. */
class ReleaseFilesTest {
  @TempDir Path folder;

  @BeforeEach
  void write() {
    AtomicFile.write(folder.resolve("model/model.safetensors"), "weights");
    AtomicFile.write(folder.resolve("policy.yaml"), "policy");
    AtomicFile.write(folder.resolve("reports/1/report.json"), "report");
    AtomicFile.write(folder.resolve("stages/base/report.json"), "stage");
    AtomicFile.write(folder.resolve("guard/rules.yaml"), "rules");
    AtomicFile.write(folder.resolve("model-card.md"), "card");
    AtomicFile.write(folder.resolve(ReleaseFiles.STATEMENT), "statement");
  }

  @Test
  void everyFileHasItsDigestAndWhatIsParsedItsBytes() {
    ReleaseFiles files = ReleaseFiles.read(folder);
    assertThat(files.problems()).isEmpty();
    assertThat(files.hashes())
        .containsOnlyKeys(
            "guard/rules.yaml",
            "model-card.md",
            "model/model.safetensors",
            "policy.yaml",
            "reports/1/report.json",
            "stages/base/report.json")
        .containsEntry("policy.yaml", Sha256.hex(World.utf8("policy")))
        .containsEntry("model/model.safetensors", Sha256.hex(World.utf8("weights")));
    // Nothing else is held in memory, and nothing else must be small.
    assertThat(files.texts())
        .containsOnlyKeys(
            "policy.yaml",
            "reports/1/report.json",
            "stages/base/report.json",
            ReleaseFiles.STATEMENT);
    assertThat(files.texts().get("policy.yaml")).isEqualTo(World.utf8("policy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {".hidden", "model/.hidden", "-x", "a b", "model/né", "model/-v.bin"})
  void anOddNameIsNoNameOfAFile(String name) {
    AtomicFile.write(folder.resolve(name), "x");
    ReleaseFiles files = ReleaseFiles.read(folder);
    assertThat(files.problems())
        .containsExactly("\"%s\" is no name for a file of a release".formatted(name));
    assertThat(files.hashes()).doesNotContainKey(name);
    assertThat(ReleaseFiles.readAnyNames(folder).problems()).isEmpty();
    assertThat(ReleaseFiles.readAnyNames(folder).hashes())
        .containsEntry(name, Sha256.hex(World.utf8("x")));
  }

  @Test
  void linksAndEmptyFoldersAreNamed() throws IOException {
    Files.createSymbolicLink(folder.resolve("model/link"), folder.resolve("policy.yaml"));
    Files.createDirectories(folder.resolve("model/deep/empty"));
    assertThat(ReleaseFiles.read(folder).problems())
        .containsExactly(
            "model/link is no plain file: a release has no links",
            "model/deep/ is not listed in the statement",
            "model/deep/empty/ is not listed in the statement");
    AtomicFile.write(folder.resolve("model/deep/empty/x"), "x");
    Files.delete(folder.resolve("model/link"));
    assertThat(ReleaseFiles.read(folder).problems()).isEmpty();
  }

  @Test
  void whatWasHashedAlreadyIsNotReadAgain() {
    Map<String, String> known = Map.of("model/model.safetensors", "known");
    assertThat(ReleaseFiles.read(folder, known).hashes())
        .containsEntry("model/model.safetensors", "known")
        .containsEntry("policy.yaml", Sha256.hex(World.utf8("policy")));
  }

  @Test
  void whatIsParsedMustBeSmall() throws IOException {
    try (RandomAccessFile sparse =
        new RandomAccessFile(folder.resolve("policy.yaml").toFile(), "rw")) {
      sparse.setLength((16 << 20) + 1);
    }
    assertThat(ReleaseFiles.read(folder).problems())
        .singleElement()
        .asString()
        .contains("more than 16 MB");
  }

  @Test
  void withoutWeightsThereIsNoModel() throws IOException {
    assertThat(ReleaseFiles.read(folder).modelDigest()).startsWith("sha256:");
    AtomicFile.write(folder.resolve("model/config.json"), "{}");
    String with = ReleaseFiles.read(folder).modelDigest();
    AtomicFile.write(folder.resolve("guard/other.safetensors"), "no model's");
    assertThat(ReleaseFiles.read(folder).modelDigest()).isEqualTo(with);
    Files.delete(folder.resolve("model/model.safetensors"));
    assertThat(ReleaseFiles.read(folder).modelDigest()).isEmpty();
  }

  @Test
  void aCandidateIsAllButItsPapers() {
    SortedMap<String, String> hashes = new TreeMap<>(ReleaseFiles.read(folder).hashes());
    String digest = ReleaseFiles.candidateDigest(hashes);
    assertThat(digest).matches("sha256:[0-9a-f]{64}");
    hashes.put("model-card.md", "another");
    hashes.put("safety-case.html", "another");
    hashes.remove("ml-bom.cdx.json");
    assertThat(ReleaseFiles.candidateDigest(hashes)).isEqualTo(digest);
    SortedMap<String, String> other = new TreeMap<>(hashes);
    other.put("guard/rules.yaml", "another");
    assertThat(ReleaseFiles.candidateDigest(other)).isNotEqualTo(digest);
    SortedMap<String, String> renamed = new TreeMap<>(hashes);
    renamed.put("guard/rule.yaml", String.valueOf(renamed.remove("guard/rules.yaml")));
    assertThat(ReleaseFiles.candidateDigest(renamed)).isNotEqualTo(digest);
  }

  @Test
  void eachDifferenceToAStatementIsNamed() {
    ReleaseFiles files = ReleaseFiles.read(folder);
    SortedMap<String, String> listed = new TreeMap<>(files.hashes());
    assertThat(files.differences(listed)).isEmpty();
    listed.put("policy.yaml", "another");
    listed.put("model/config.json", "gone");
    listed.remove("guard/rules.yaml");
    assertThat(files.differences(listed))
        .containsExactly(
            "model/config.json is missing",
            "policy.yaml has changed since the statement was written",
            "guard/rules.yaml is not listed in the statement");
  }

  @Test
  void aReportIsOnlyWhatLiesWhereReportsDo() {
    assertThat(ReleaseFiles.isReport("reports/1/report.json")).isTrue();
    assertThat(ReleaseFiles.isReport("guard/reports/1/report.json")).isFalse();
    assertThat(ReleaseFiles.isReport("reports/1/report.html")).isFalse();
    assertThat(ReleaseFiles.stageOfReport("stages/base/report.json")).isEqualTo("base");
    assertThat(ReleaseFiles.stageOfReport("reports/1/report.json")).isEmpty();
    assertThat(ReleaseFiles.stageOfReport("stages/base/report.html")).isEmpty();
  }
}
