package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reaches a release that is being served, and what a server keeps of its registry. */
class WatchTest {

  @TempDir Path folder;
  private World world;
  private Registry registry;
  private Path pin;

  @BeforeEach
  void letOneOut() {
    world = new World(folder);
    registry = world.released("good");
    pin = folder.resolve("server/registry.pin");
  }

  @Test
  void aRevocationByAFileAloneReachesWhatIsServed() throws IOException {
    Release release = Release.open(world.registryFolder, "good");
    Path file = world.registryFolder.resolve("revoked/good.json");
    AtomicFile.write(file, "{\"reason\":\"invents doses\"}");
    assertThat(release.standing())
        .isEqualTo(new Standing.Stopped("it is revoked: invents doses", ""));
    assertThatThrownBy(() -> Release.open(world.registryFolder, "good"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("it is revoked: invents doses");
    AtomicFile.write(file, "{\"reason\":\"\"}");
    assertThat(release.standing())
        .isEqualTo(new Standing.Stopped("it is revoked: no reason can be read", ""));
    Files.delete(file);
    Files.createSymbolicLink(file, folder.resolve("nowhere"));
    assertThat(release.standing())
        .isEqualTo(new Standing.Stopped("it is revoked: no reason can be read", ""));
    Files.delete(file);
    assertThat(release.standing()).isEqualTo(new Standing.Serving());
  }

  @Test
  void aBoardThatEndsStopsWhatIsServed() {
    Members people = new Members();
    World other = new World(folder.resolve("other"));
    Registry ending =
        Registry.create(
            other.registryFolder,
            people.simple(1, "ann bob").with("2999-01-01", "2030-01-01").parse());
    ending.orders().adopt(other.policy, "first", people.key("ann"));
    ending.orders().adopt(other.policy, "first", people.key("bob"));
    ending.propose(other.draft("good"));
    ending.sign("good", people.key("ann"));
    ending.sign("good", people.key("bob"));
    Instant end = Instant.parse("2030-01-01T00:00:00Z");

    assertThat(Release.open(other.registryFolder, "good").isDemoBoard()).isFalse();
    assertThat(watch(ending, other.registryFolder, end.minusSeconds(1)).standing())
        .isEqualTo(new Standing.Serving());
    assertThat(watch(ending, other.registryFolder, end).standing())
        .isEqualTo(
            new Standing.Stopped(
                "the board \"Board\" ended at 2030-01-01T00:00:00Z: it has to be renewed", ""));
  }

  private static Watch watch(Registry registry, Path where, Instant now) {
    Path file = registry.folder("good").resolve(ReleaseFiles.STATEMENT);
    Envelope envelope = Envelope.parse(SmallFile.read(file), "statement");
    return new Watch(
        where,
        registry.board(),
        Statement.parse(envelope.payload()),
        envelope,
        List.of(),
        Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void aStatementThatIsGoneStopsWhatIsServed() throws IOException {
    Release release = Release.open(world.registryFolder, "good");
    Files.delete(registry.folder("good").resolve(ReleaseFiles.STATEMENT));
    assertThat(((Standing.Stopped) release.standing()).reason()).contains("is gone");
  }

  @Test
  void aServerKeepsWhatItSawLastNotWhatItSawFirst() throws IOException {
    Release release = Release.open(world.registryFolder, "good", pin);
    assertThat(pin).content().contains("\"orders\" : 1");
    registry.orders().stop("a test", key(0));
    assertThat(release.standing()).isInstanceOf(Standing.Stopped.class);
    assertThat(pin).content().contains("\"orders\" : 2");

    Files.delete(world.registryFolder.resolve("orders").resolve(OrderChain.file(2)));
    assertThatThrownBy(() -> Release.open(world.registryFolder, "good", pin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("remembers 2 orders of this registry that are gone or rewritten");
    assertThat(pin).content().contains("\"orders\" : 2");
  }

  @Test
  void anotherRegistryIsNotTheOneThatAPinRemembers() {
    Release.open(world.registryFolder, "good", pin);
    World other = new World(folder.resolve("other"));
    other.released("good");
    assertThatThrownBy(() -> Release.open(other.registryFolder, "good", pin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("remembers 0 boards of this registry that are gone or rewritten");
  }

  @Test
  void aPinThatChangesWhileItIsServedStops() throws IOException {
    Release release = Release.open(world.registryFolder, "good", pin);
    assertThat(release.standing()).isEqualTo(new Standing.Serving());
    Files.writeString(pin, "{}");
    registry.stop("good", "a test", key(1));
    assertThat(((Standing.Stopped) release.standing()).reason()).contains("is no pin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "forefront-pin-1 | forefront-pin-2 | format must be forefront-pin-1",
        "\"orders\" : 1 | \"orders\" : -1 | orders must be a whole number of at least 0",
        "\"boards\" : 0 | \"boards\" : -1 | boards must be a whole number of at least 0",
        "\"orders\" : 1 | \"orders\" : 1, \"more\" : 1 | more is no key here",
        "\"board\" : \"sha256: | \"board\" : \"sha257: | board must be sha256:",
        "\"order\" : \"sha256: | \"order\" : \"sha257: | order must be sha256:",
        "\"orders\" : 1 | \"orders\" : 2 | remembers 2 orders of this registry that are gone",
        "\"orders\" : 1 | \"orders\" : 0 | remembers 0 orders of this registry that are gone",
        "\"boards\" : 0 | \"boards\" : 1 | remembers 1 boards of this registry that are gone"
      })
  void aPinThatSaysSomethingElseOpensNothing(String was, String is, String why) throws IOException {
    Release.open(world.registryFolder, "good", pin);
    String kept = Files.readString(pin);
    assertThat(kept).contains(was);
    Files.writeString(pin, kept.replace(was, is));
    assertThatThrownBy(() -> Release.open(world.registryFolder, "good", pin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aPinThatIsALinkToNothingIsNotMadeAnew() throws IOException {
    Files.createDirectories(pin.getParent());
    Files.createSymbolicLink(pin, folder.resolve("nowhere"));
    assertThatThrownBy(() -> Release.open(world.registryFolder, "good", pin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("does not exist or is no file");
  }

  /** It looks fifty times a second. */
  @Test
  void aLookThatFindsNothingNewWritesNothing() throws IOException {
    Release release = Release.open(world.registryFolder, "good", pin);
    release.standing();
    Object file = Files.readAttributes(pin, BasicFileAttributes.class).fileKey();
    release.standing();
    assertThat(Files.readAttributes(pin, BasicFileAttributes.class).fileKey()).isEqualTo(file);
    registry.stop("good", "a test", key(1));
    release.standing();
    assertThat(Files.readAttributes(pin, BasicFileAttributes.class).fileKey()).isNotEqualTo(file);
  }

  @Test
  void withoutAPinTooAnOrderThatWasSeenHasToStay() throws IOException {
    Release release = Release.open(world.registryFolder, "good");
    registry.orders().stop("a test", key(0));
    assertThat(release.standing()).isInstanceOf(Standing.Stopped.class);
    Path order = world.registryFolder.resolve("orders").resolve(OrderChain.file(2));
    byte[] bytes = Files.readAllBytes(order);
    Files.delete(order);
    assertThat(((Standing.Stopped) release.standing()).reason()).contains("are gone or rewritten");
    // Another order in its place is not the one that was seen.
    registry.orders().stop("another", "another test", key(1));
    assertThat(order).exists();
    assertThat(((Standing.Stopped) release.standing()).reason()).contains("are gone or rewritten");
    Files.write(order, bytes);
    assertThat(release.standing())
        .isEqualTo(new Standing.Stopped("all is stopped by demo-1: a test", "demo-1"));
  }

  @Test
  void whoDoesNotSayWhichWeightsWereLoadedServesNothing() {
    Release release = Release.open(world.registryFolder, "good");
    TreeMap<String, String> loaded = new TreeMap<>();
    release
        .files()
        .forEach(
            (name, hash) -> {
              if (name.startsWith(ReleaseFiles.MODEL)) {
                loaded.put(name.substring(ReleaseFiles.MODEL.length()), hash);
              }
            });
    release.requireUnchanged(loaded);
    loaded.remove("model.safetensors");
    assertThatThrownBy(() -> release.requireUnchanged(loaded))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("nobody says which weights were loaded");
  }

  @Test
  void aPageThatIsNotTheReportsIsNotTakenForIt() throws IOException {
    Files.delete(world.report.resolveSibling("report.html"));
    AtomicFile.write(folder.resolve("guard/rules/report.html"), "no report");
    registry.propose(world.draft("guarded").withGuard(folder.resolve("guard")));
    registry.sign("guarded", key(0));
    registry.sign("guarded", key(1));
    Release release = Release.open(world.registryFolder, "guarded");
    assertThat(release.guardFolder()).isPresent();
    assertThat(release.reportPage()).isEmpty();
    assertThat(release.isDemoBoard()).isTrue();
  }

  @Test
  void aReleaseSaysWhatItsStatementSays() {
    Release release = Release.open(world.registryFolder, "good");
    Statement statement =
        Statement.parse(
            Envelope.parse(
                    SmallFile.read(registry.folder("good").resolve(ReleaseFiles.STATEMENT)), "s")
                .payload());

    assertThat(release.modelDigest()).isEqualTo(statement.modelDigest());
    assertThat(release.policyDigest()).isEqualTo(Policy.read(world.policy).digest());
    assertThat(release.created()).isEqualTo(statement.created());
    assertThat(release.boardName()).isEqualTo("Demo board");
    assertThat(release.registryFolder()).isEqualTo(world.registryFolder);
    assertThat(release.folder()).isEqualTo(registry.folder("good"));
    assertThat(release.files()).isEqualTo(statement.files()).isNotEmpty();
    assertThat(release.guardFolder()).isEmpty();
    assertThat(release.waivers()).isEmpty();
    assertThat(release.reportJson()).hasFileName("report.json").exists();
    assertThat(release.reportPage().orElseThrow()).hasFileName("report.html").exists();
  }

  @Test
  void aReleaseWhoseEvaluationWroteNoPageHasNone() throws IOException {
    Files.delete(world.report.resolveSibling("report.html"));
    registry.propose(world.draft("plain"));
    registry.sign("plain", key(0));
    registry.sign("plain", key(1));
    assertThat(Release.open(world.registryFolder, "plain").reportPage()).isEmpty();
  }

  private SigningKey key(int i) {
    return SigningKey.read(world.keys().get(i));
  }
}
