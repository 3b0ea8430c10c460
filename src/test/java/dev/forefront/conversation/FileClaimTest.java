package dev.forefront.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One holder at a time, here and in other processes. */
class FileClaimTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameAFileThatIsNotThere() {
    file = folder.resolve("some/folder/lock");
  }

  /** Takes the file, says so, and keeps it until it is told to end. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[1]);
      try (FileClaim claim = FileClaim.take(Path.of(arguments[0]), "taken")) {
        Files.createFile(folder.resolve("held"));
        while (!Files.exists(folder.resolve("end"))) {
          Thread.sleep(5);
        }
        claim.close();
      }
    }
  }

  private ChildJvm otherProcess() {
    return ChildJvm.start(
        folder.resolve("said"), Holder.class.getName(), file.toString(), folder.toString());
  }

  private FileClaim take() {
    return FileClaim.take(file, "taken");
  }

  private void isRefusedHere() throws IOException {
    assertThatThrownBy(this::take).isInstanceOf(BadInputException.class).hasMessage("taken");
  }

  /** The system drops all of a process's locks on a file when any channel to it is closed. */
  @Test
  void whoIsRefusedHereLetsNobodyElseIn() throws Exception {
    Files.createFile(folder.resolve("end"));
    try (FileClaim claim = take()) {
      isRefusedHere();
      assertThat(FileClaim.await(file)).isEmpty();
      try (ChildJvm other = otherProcess()) {
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.printed()).contains("BadInputException: taken");
      }
      claim.close();
      try (ChildJvm other = otherProcess()) {
        assertThat(other.exitCode()).as("%s", other.printed()).isZero();
      }
    }
  }

  @Test
  void whatAnotherProcessHasIsRefusedUntilThatEnds() throws Exception {
    try (ChildJvm other = otherProcess()) {
      while (!Files.exists(folder.resolve("held")) && other.isAlive()) {
        Thread.sleep(5);
      }
      isRefusedHere();
      isRefusedHere();
      Files.createFile(folder.resolve("end"));
      // Waits for the other process to let it go.
      FileClaim.await(file).orElseThrow().close();
      assertThat(other.exitCode()).as("%s", other.printed()).isZero();
    }
    take().close();
  }

  @Test
  void whoClosesTwiceTakesItFromNobody() throws IOException {
    FileClaim first = take();
    first.close();
    try (FileClaim second = FileClaim.await(file).orElseThrow()) {
      first.close();
      isRefusedHere();
      second.close();
    }
    take().close();
  }

  @Test
  void anotherNameOfItsFolderIsTheSameFile() throws IOException {
    try (FileClaim claim = take()) {
      Path link = Files.createSymbolicLink(folder.resolve("link"), file.getParent());
      file = link.resolve("lock");
      isRefusedHere();
      claim.close();
      take().close();
    }
  }

  @Test
  void whatCannotBeOpenedIsNotHeld() throws IOException {
    Files.createDirectories(file);
    assertThatThrownBy(this::take).isInstanceOf(UncheckedIOException.class);
    Files.delete(file);
    take().close();
    Files.createFile(folder.resolve("file"));
    file = folder.resolve("file/lock");
    assertThatThrownBy(this::take).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> FileClaim.await(file)).isInstanceOf(IOException.class);
  }
}
