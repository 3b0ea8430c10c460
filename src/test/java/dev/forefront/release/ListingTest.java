package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry says of the releases in it, also of those that somebody spoilt. */
class ListingTest {

  @TempDir Path folder;
  private World world;
  private Registry registry;

  @BeforeEach
  void letOneOut() {
    world = new World(folder);
    registry = world.released("good");
  }

  @Test
  void aSoundReleaseIsListedWithWhatItsStatementSays() {
    Statement statement =
        Statement.parse(Envelope.parse(SmallFile.read(statement("good")), "statement").payload());

    assertThat(registry.list())
        .containsExactly(
            new Listing(
                "good",
                Listing.State.SIGNED,
                statement.created().toString(),
                "test",
                statement.modelDigest(),
                List.of("demo-1", "demo-2"),
                2,
                true,
                List.of()));
  }

  @Test
  void whatCannotBeReadIsDamagedAndWhatWasCalledBackIsSoEvenThen() {
    AtomicFile.write(statement("good"), "{}");
    assertThat(registry.list())
        .containsExactly(
            new Listing("good", Listing.State.DAMAGED, "", "", "", List.of(), 2, true, List.of()));

    registry.revoke("good", "invents doses", key(0));
    assertThat(registry.list()).extracting(Listing::state).containsExactly(Listing.State.REVOKED);
  }

  @Test
  void whatIsNoReleaseIsNotListed() throws IOException {
    AtomicFile.write(world.registryFolder.resolve("notes"), "a file");
    Files.createDirectories(world.registryFolder.resolve("Upper"));
    for (String own : List.of("revoked", "boards", "orders", "pending")) {
      Files.createDirectories(world.registryFolder.resolve(own));
      assertThatThrownBy(() -> registry.folder(own))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("is no name for a release");
    }
    assertThat(registry.list()).extracting(Listing::name).containsExactly("good");
  }

  @Test
  void namesAreListedInTheirOrder() {
    for (String name : List.of("zeta", "alpha", "midway")) {
      registry.propose(world.draft(name));
    }
    assertThat(registry.list())
        .extracting(Listing::name)
        .containsExactly("alpha", "good", "midway", "zeta");
  }

  @Test
  void aNewPolicyCarriesOverWhatIsValidAndNothingElse() throws IOException {
    world.released("spoilt");
    AtomicFile.write(statement("spoilt"), "{}");
    world.released("called-back");
    registry.revoke("called-back", "invents doses", key(0));
    registry.propose(world.draft("unsigned"));
    Files.move(world.released("moved").folder("moved"), registry.folder("elsewhere"));
    Path next = folder.resolve("next.yaml");
    AtomicFile.write(next, World.policyText().replace("n: 300", "n: 301"));
    World.adopt(registry, next, world.keys());

    Adoptions.Adopted last = registry.ledger().orders().adopted().all().getLast();
    assertThat(last.version()).isEqualTo(2);
    assertThat(last.order().adoption().carried()).containsOnlyKeys("good");
    GateTest.admitted(registry.open("good"));
  }

  @Test
  void aSpoiltStatementIsNotTakenForAnUnsignedOne() {
    AtomicFile.write(statement("good"), "{}");
    assertThatThrownBy(() -> registry.propose(world.draft("good")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("exists and is signed");
    assertThat(statement("good")).hasContent("{}");
  }

  @Test
  void nothingIsSaidOfWhatIsNotThere() {
    for (Runnable asked :
        List.<Runnable>of(
            () -> registry.open("nobody"),
            () -> registry.revoke("nobody", "a test", key(0)),
            () -> registry.waiverFor("nobody", "harmful/refusal_rate", Instant.MAX))) {
      assertThatThrownBy(asked::run)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("has no release \"nobody\"");
    }
    assertThatThrownBy(() -> Registry.at(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("it has no board.json");
  }

  @Test
  void aRegistryThatIsThereIsOpenedForItsOwnBoard() {
    Registry again = Registry.create(world.registryFolder, registry.board());
    assertThat(again.list()).hasSize(1);
    assertThat(again.board().digest()).isEqualTo(registry.board().digest());
  }

  private Path statement(String name) {
    return registry.folder(name).resolve(ReleaseFiles.STATEMENT);
  }

  private SigningKey key(int i) {
    return SigningKey.read(world.keys().get(i));
  }
}
