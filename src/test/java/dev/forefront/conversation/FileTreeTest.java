package dev.forefront.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
  @TempDir Path folder;

  @Test
  void aFolderGoesWithAllThatIsInItAndNothingElse() throws IOException {
    Path tree = folder.resolve("tree");
    AtomicFile.write(tree.resolve("a/b/c.txt"), "c");
    AtomicFile.write(tree.resolve(".d"), "d");
    AtomicFile.write(folder.resolve("kept/e.txt"), "e");
    Files.createSymbolicLink(tree.resolve("a/link"), folder.resolve("kept"));
    FileTree.delete(tree);
    assertThat(tree).doesNotExist();
    assertThat(folder.resolve("kept/e.txt")).hasContent("e");
    FileTree.delete(tree);
  }

  @Test
  void aLinkIsRemovedAndNotFollowed() throws IOException {
    AtomicFile.write(folder.resolve("kept/e.txt"), "e");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("kept"));
    FileTree.delete(link);
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(folder.resolve("kept/e.txt")).hasContent("e");
    Path dangling = Files.createSymbolicLink(folder.resolve("no"), folder.resolve("where"));
    FileTree.delete(dangling);
    assertThat(Files.isSymbolicLink(dangling)).isFalse();
  }
}
