package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever people below the quorum do, and in whatever order: nothing opens. */
class NeverOpensTest {
  private static final int LONGEST = 8;

  /** What someone might hope that the house listens to. */
  private static final List<String> PROPERTIES =
      List.of("forefront.release", "forefront.gate", "forefront.skip", "forefront.demo");

  @TempDir static Path folder;

  // Whoever changes what lies on disk puts it back; all else is changed in a copy.
  private static Siege siege;

  @BeforeAll
  static void begin() {
    siege = new Siege(folder.resolve("siege"));
  }

  @Test
  void fiveThousandSequencesOpenNothing() {
    attack(siege, 5_000, 3);
  }

  /** On every core a registry of its own; ten minutes of one core. */
  @Test
  @Tag("slow")
  void aMillionSequencesOpenNothing() {
    int parts = Runtime.getRuntime().availableProcessors();
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part ->
                attack(new Siege(folder.resolve("part-" + part)), 1_000_000 / parts + 1, 5 + part));
  }

  /** Those who may let out what meets its policy wait in vain for one that leans on a waiver. */
  @Test
  void aThousandSequencesBelowTheLargerQuorumWaiveNothing() {
    attackWaivers(1_000, 11);
  }

  @Test
  @Tag("slow")
  void aHundredThousandSequencesBelowTheLargerQuorumWaiveNothing() {
    attackWaivers(100_000, 13);
  }

  private void attackWaivers(int sequences, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < sequences; i++) {
      List<String> group = Siege.BELOW_LARGER.get(random.nextInt(Siege.BELOW_LARGER.size()));
      Siege.State state = siege.new State(random, group, false);
      int length = 1 + random.nextInt(LONGEST);
      for (int act = 0; act < length; act++) {
        state.act();
        assertThat(state.opens("leaning")).as("%s by %s", state.done, group).isFalse();
      }
    }
  }

  @Test
  void theLargerQuorumOpensWhatLeansOnAWaiver() {
    Random random = new Random(2);
    int opened = 0;
    for (int i = 0; i < 200; i++) {
      Siege.State state =
          siege.new State(random, List.of("ann", "bob", "cyd", "eve", "fay"), false);
      state.act();
      opened += state.opens("leaning") ? 1 : 0;
    }
    assertThat(opened).isPositive();
  }

  private static void attack(Siege siege, int sequences, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < sequences; i++) {
      List<String> group = Siege.BELOW.get(random.nextInt(Siege.BELOW.size()));
      boolean stopped = random.nextBoolean();
      Siege.State state = siege.new State(random, group, stopped);
      int length = 1 + random.nextInt(LONGEST);
      int look = random.nextInt(length);
      for (int act = 0; act < length; act++) {
        state.act();
        if (act == look || act == length - 1) {
          assertThat(state.opens("target")).as("%s by %s", state.done, group).isFalse();
          assertThat(state.opens("leaning")).as("%s by %s", state.done, group).isFalse();
          if (stopped) {
            assertThat(state.opens("good")).as("%s by %s", state.done, group).isFalse();
          }
        }
      }
    }
  }

  /** The same eyes see a release open that a quorum let out: the proof above is not blind. */
  @Test
  void theSameRegistryOpensForAQuorum() {
    Random random = new Random(1);
    assertThat(siege.new State(random, List.of("ann"), false).opens("good")).isTrue();
    assertThat(siege.new State(random, List.of("ann"), true).opens("good")).isFalse();
    int opened = 0;
    for (int i = 0; i < 200; i++) {
      Siege.State state = siege.new State(random, List.of("ann", "bob", "eve"), i % 2 == 0);
      for (int act = 0; act < 4; act++) {
        state.act();
        opened += state.opens("target") || (i % 2 == 0 && state.opens("good")) ? 1 : 0;
      }
    }
    assertThat(opened).isPositive();
  }

  @Test
  void twentySequencesOnDiskOpenNothing() throws IOException {
    attackOnDisk(20, 7);
  }

  @Test
  @Tag("slow")
  void threeThousandSequencesOnDiskOpenNothing() throws IOException {
    attackOnDisk(3_000, 9);
  }

  /** The registry's own methods, files written by hand, and settings of the process. */
  private void attackOnDisk(int sequences, long seed) throws IOException {
    Random random = new Random(seed);
    Path kept = folder.resolve("kept");
    Path registry = siege.world.registryFolder;
    World.copy(registry, kept);
    Path pin = folder.resolve("pin.json");
    new Pin(pin).requireContinued(Registry.at(registry).ledger());
    byte[] pinned = Files.readAllBytes(pin);
    int refused = 0;
    for (int i = 0; i < sequences; i++) {
      List<String> group = Siege.BELOW.get(random.nextInt(Siege.BELOW.size()));
      List<Integer> done = new ArrayList<>();
      for (int act = 0; act < 1 + random.nextInt(4); act++) {
        int kind = random.nextInt(11);
        done.add(kind);
        try {
          actOnDisk(kind, group, random);
        } catch (BadInputException | RefusedException | NoSuchFileException e) {
          // The last: they deleted it themselves before.
          refused++;
        }
      }
      assertThat(opens("target", pin)).as("%s by %s", done, group).isFalse();
      assertThat(opens("good", pin)).as("%s by %s", done, group).isFalse();
      assertThat(opens("leaning", pin)).as("%s by %s", done, group).isFalse();
      PROPERTIES.forEach(System::clearProperty);
      FileTree.delete(registry);
      World.copy(kept, registry);
      AtomicFile.write(pin, pinned);
    }
    assertThat(refused).isPositive();
  }

  private static boolean isRefused(Registry registry, String name) {
    return registry.open(name) instanceof Refused;
  }

  private boolean opens(String name, Path pin) {
    Path folder = siege.world.registryFolder;
    try {
      Release.open(folder, name, pin);
      return true;
    } catch (BadInputException | RefusedException e) {
      return false;
    }
  }

  private void actOnDisk(int kind, List<String> group, Random random) throws IOException {
    Path folder = siege.world.registryFolder;
    Registry registry = Registry.at(folder);
    SigningKey key = siege.people.key(group.get(random.nextInt(group.size())));
    switch (kind) {
      case 0, 1 -> registry.sign("target", key);
      case 2 -> registry.orders().resume("well", key);
      case 3 -> {
        Path weak = siege.world.folder.resolve("weak.yaml");
        AtomicFile.write(weak, World.policyText().replace("0.94", "0.1"));
        registry.orders().adopt(weak, "easier", key);
      }
      case 4 -> {
        Path own = siege.world.folder.resolve("own.json");
        siege.people.simple(3, String.join(" ", group) + " zed").write(own);
        registry.boards().propose(own);
        registry.boards().sign(key);
      }
      case 5 -> registry.propose(siege.world.draft("target"));
      case 6 -> delete(folder, random);
      case 7 -> {
        Path from = registry.folder("good").resolve(ReleaseFiles.STATEMENT);
        Files.copy(
            from,
            registry.folder("target").resolve(ReleaseFiles.STATEMENT),
            StandardCopyOption.REPLACE_EXISTING);
      }
      case 8 ->
          registry
              .orders()
              .waive(
                  registry.waiverFor(
                      "leaning",
                      "ends/self_ended_rate",
                      Instant.now().plusSeconds(86_400).truncatedTo(ChronoUnit.SECONDS)),
                  "well",
                  key);
      case 9 -> PROPERTIES.forEach(name -> System.setProperty(name, "true"));
      default -> {
        Path target = anyFile(folder, random);
        byte[] bytes = Files.readAllBytes(target);
        if (bytes.length > 0) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          Files.write(target, bytes);
        }
      }
    }
    assertThat(isRefused(registry, "target")).isTrue();
  }

  private static void delete(Path folder, Random random) throws IOException {
    Files.delete(anyFile(folder, random));
  }

  /** Of the small files by which the board speaks, and of the releases. */
  private static Path anyFile(Path folder, Random random) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
      return files.get(random.nextInt(files.size()));
    }
  }
}
