package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who watches a registry reads it anew where one byte of what was signed there is another. */
class RegistryFilesTest {
  @TempDir Path registry;
  private RegistryFiles before;

  @BeforeEach
  void writeTwoOfEach() {
    write("boards/1.json", "one");
    write("boards/2.json", "two");
    write("orders/1.json", "one");
    write("orders/2.json", "two");
    before = RegistryFiles.read(registry);
  }

  private void write(String file, String text) {
    AtomicFile.write(registry.resolve(file), text);
  }

  private void isAnother() {
    RegistryFiles now = RegistryFiles.read(registry);
    assertThat(now.sameAs(before)).isFalse();
    assertThat(before.sameAs(now)).isFalse();
    assertThat(now.sameAs(RegistryFiles.read(registry))).isTrue();
  }

  @Test
  void theSameBytesUnderTheSameNamesAreTheSame() {
    write("boards/1.json", "one");
    write("releases/1.json", "beside them");
    assertThat(RegistryFiles.read(registry).sameAs(before)).isTrue();
  }

  @Test
  void otherBytesOfABoardAreAnotherRegistry() {
    write("boards/2.json", "twO");
    isAnother();
  }

  @Test
  void otherBytesOfAnOrderAreAnotherRegistry() {
    write("orders/1.json", "one ");
    isAnother();
  }

  @Test
  void oneFileMoreOrLessIsAnotherRegistry() throws IOException {
    write("orders/3.json", "three");
    isAnother();
    Files.delete(registry.resolve("orders/3.json"));
    Files.delete(registry.resolve("boards/2.json"));
    isAnother();
  }

  @Test
  void theSameBytesUnderAnotherNameAreAnotherRegistry() throws IOException {
    Files.move(registry.resolve("boards/2.json"), registry.resolve("boards/3.json"));
    isAnother();
  }

  @Test
  void whereNothingWasSignedThereAreNoFiles() {
    RegistryFiles none = RegistryFiles.read(registry.resolve("nowhere"));
    assertThat(none.boards()).isEmpty();
    assertThat(none.orders()).isEmpty();
    assertThat(none.sameAs(before)).isFalse();
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path link = registry.resolve("orders/3.json");
    Files.createSymbolicLink(link, registry.resolve("orders/1.json"));
    assertThatThrownBy(() -> RegistryFiles.read(registry))
        .isInstanceOf(BadInputException.class)
        .hasMessage(link + " is no plain file: a registry has no links here");
  }
}
