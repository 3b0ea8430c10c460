package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Sha256;
import dev.forefront.generate.Engine;
import dev.forefront.serve.ReleasedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's own reading of a released model, while someone exchanges its files. */
class LoadedReleaseTest {

  @TempDir Path folder;
  private Path registry;
  private Release release;

  @BeforeEach
  void makeRelease() {
    registry = ReleasedModel.makeRegistry(folder);
    release = Release.open(registry, ReleasedModel.NAME);
  }

  private SortedMap<String, String> load(Loading beside) {
    LoadedFiles loaded = new LoadedFiles();
    Loading both =
        (file, bytes) -> {
          loaded.took(file, bytes);
          beside.took(file, bytes);
        };
    Engine.open(release.modelFolder(), both).close();
    return loaded.hashes();
  }

  @Test
  void whatTheEngineLoadedIsWhatWasSigned() {
    SortedMap<String, String> loaded = load(Loading.UNWITNESSED);

    assertThat(loaded).containsKeys("model.safetensors", "config.json", "tokenizer.json");
    loaded.forEach(
        (name, hash) ->
            assertThat(hash).isEqualTo(Sha256.hex(release.modelFolder().resolve(name))));
    release.requireUnchanged(loaded);
  }

  /** Bad when it is loaded and good again when it is looked at: a second reading finds nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "tokenizer.json"})
  void aFileThatIsSwappedBackAfterItWasLoadedIsRefused(String name) throws IOException {
    Path file = release.modelFolder().resolve(name);
    Path good = folder.resolve("good");
    Files.copy(file, good);
    byte[] bad = Files.readAllBytes(file);
    if (name.endsWith(".json")) {
      // Sound all the same: a space more.
      bad = Arrays.copyOf(bad, bad.length + 1);
      bad[bad.length - 1] = ' ';
    } else {
      bad[bad.length - 2] ^= 1;
    }
    Files.write(file, bad);

    SortedMap<String, String> loaded =
        load(
            (path, _) -> {
              if (path.endsWith(name) && Files.exists(good)) {
                move(good, path);
              }
            });

    assertThat(Registry.at(registry).open(ReleasedModel.NAME)).isInstanceOf(Admitted.class);
    assertThatThrownBy(() -> release.requireUnchanged(loaded))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("model/" + name + " has changed");
  }

  /** What is taken where it is there, and done without where not, is not to be hidden meanwhile. */
  @Test
  void aFileThatIsHiddenWhileTheModelIsLoadedIsRefused() {
    Path file = release.modelFolder().resolve("chat_template.jinja");
    Path hidden = folder.resolve("hidden");
    move(file, hidden);
    SortedMap<String, String> loaded = load(Loading.UNWITNESSED);
    move(hidden, file);

    assertThatThrownBy(() -> release.requireUnchanged(loaded))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("chat_template.jinja is listed in the statement and was not loaded");
  }

  @Test
  void aSwapAfterTheWeightsWereMappedDoesNotReachWhatIsServed() {
    SortedMap<String, String> loaded =
        load(
            (path, _) -> {
              if (path.endsWith("model.safetensors")) {
                Path other = folder.resolve("other");
                write(other, new byte[] {1, 2, 3});
                move(other, path);
              }
            });

    release.requireUnchanged(loaded);
    assertThat(Registry.at(registry).open(ReleasedModel.NAME)).isInstanceOf(Refused.class);
  }

  @Test
  void aFileThatDiffersBetweenTwoReadingsHasNoDigest() {
    LoadedFiles loaded = new LoadedFiles();
    loaded.took(Path.of("a/x"), MemorySegment.ofArray(new byte[] {1}));
    loaded.took(Path.of("b/x"), MemorySegment.ofArray(new byte[] {1}));
    assertThat(loaded.hashes()).containsEntry("x", Sha256.hex(new byte[] {1}));
    loaded.took(Path.of("a/x"), MemorySegment.ofArray(new byte[] {2}));
    assertThat(loaded.hashes()).containsEntry("x", "changed while it was loaded");
    loaded.took(Path.of("a/x"), MemorySegment.ofArray(new byte[] {2}));
    assertThat(loaded.hashes()).containsEntry("x", "changed while it was loaded");
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
