package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of a release's folder after it was signed, it is not opened. */
class TamperingTest {
  private static final String NAME = "one";

  @TempDir Path folder;
  private Registry registry;
  private Path release;

  @BeforeEach
  void makeRelease() {
    World world = new World(folder);
    AtomicFile.write(world.model.resolve("lineage.json"), "{\"format\":\"forefront-lineage-1\"}");
    AtomicFile.write(folder.resolve("guard/rules.yaml"), "rules: none\n");
    registry = world.registry();
    registry.propose(world.draft(NAME).withGuard(folder.resolve("guard")));
    registry.sign(NAME, world.keys().get(0));
    registry.sign(NAME, world.keys().get(1));
    release = registry.folder(NAME);
    GateTest.admitted(registry.open(NAME));
  }

  @Test
  void aThousandChangesOfOneByteAreRefused() throws IOException {
    assertThat(admittedAfterChanges(1_000, 1)).isEmpty();
  }

  @Test
  @Tag("slow")
  void aHundredThousandChangesOfOneByteAreRefused() throws IOException {
    assertThat(admittedAfterChanges(100_000, 2)).isEmpty();
  }

  /**
   * Files and places fall by lot, each file as often as the others; what was admitted all the same.
   */
  private List<String> admittedAfterChanges(int changes, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<Path> files = files();
    List<byte[]> contents = new ArrayList<>();
    for (Path file : files) {
      contents.add(Files.readAllBytes(file));
    }
    List<String> admitted = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      int which = i % files.size();
      byte[] changed = contents.get(which).clone();
      int place = random.nextInt(changed.length);
      changed[place] ^= (byte) (1 + random.nextInt(255));
      Files.write(files.get(which), changed);
      if (registry.open(NAME) instanceof Admitted) {
        admitted.add(files.get(which) + " at " + place);
      }
      Files.write(files.get(which), contents.get(which));
    }
    GateTest.admitted(registry.open(NAME));
    return admitted;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(release)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void everyFileRemovedIsRefused() throws IOException {
    for (Path file : files()) {
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      assertRefused("without " + file);
      Files.write(file, bytes);
    }
    GateTest.admitted(registry.open(NAME));
  }

  @Test
  void everyFileRenamedIsRefused() throws IOException {
    for (Path file : files()) {
      Path renamed = file.resolveSibling(file.getFileName() + "2");
      Files.move(file, renamed);
      assertRefused(file + " renamed");
      Files.move(renamed, file);
    }
    GateTest.admitted(registry.open(NAME));
  }

  @Test
  void everyFileThatIsALinkToTheSameBytesIsRefused() throws IOException {
    for (Path file : files()) {
      Path elsewhere = folder.resolve("elsewhere");
      Files.move(file, elsewhere);
      Files.createSymbolicLink(file, elsewhere);
      assertRefused(file + " as a link");
      Files.delete(file);
      Files.move(elsewhere, file);
    }
    GateTest.admitted(registry.open(NAME));
  }

  @Test
  void everyFileCutOffOrLengthenedIsRefused() throws IOException {
    for (Path file : files()) {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
      assertRefused(file + " cut off");
      Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length + 1));
      assertRefused(file + " lengthened");
      Files.write(file, new byte[0]);
      assertRefused(file + " emptied");
      Files.write(file, bytes);
    }
    GateTest.admitted(registry.open(NAME));
  }

  @Test
  void aFileOrFolderAddedAnywhereIsRefused() throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.walk(release)) {
      folders = all.filter(Files::isDirectory).toList();
    }
    for (Path where : folders) {
      for (String name : List.of("extra", ".hidden", "report.json", "x.safetensors", "a b")) {
        Path added = where.resolve(name);
        if (Files.exists(added)) {
          continue;
        }
        Files.writeString(added, "{}");
        assertRefused(added + " added");
        Files.delete(added);
        Files.createDirectory(added);
        assertRefused(added + " added as a folder");
        Files.delete(added);
        Files.createSymbolicLink(added, release.resolve("policy.yaml"));
        assertRefused(added + " added as a link");
        Files.delete(added);
      }
    }
    GateTest.admitted(registry.open(NAME));
  }

  @Test
  void twoFilesThatChangedPlacesAreRefused() throws IOException {
    List<Path> files = files();
    for (int i = 1; i < files.size(); i++) {
      byte[] first = Files.readAllBytes(files.get(i - 1));
      byte[] second = Files.readAllBytes(files.get(i));
      Files.write(files.get(i - 1), second);
      Files.write(files.get(i), first);
      assertRefused(files.get(i - 1) + " and " + files.get(i));
      Files.write(files.get(i - 1), first);
      Files.write(files.get(i), second);
    }
    GateTest.admitted(registry.open(NAME));
  }

  private void assertRefused(String what) {
    assertThat(registry.open(NAME)).as(what).isInstanceOf(Refused.class);
  }
}
