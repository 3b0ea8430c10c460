package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.model.BgeSmall;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Ids are those of Hugging Face's tokenizers 0.23.2, with bert-base-uncased's pieces, as BGE has.
 */
class WordPiecesTest {
  private static final WordPieces PIECES = new WordPieces(BgeSmall.open().pieces());

  private static int[] ids(String words) {
    return PIECES.ids(List.of(words.split(" ")), 64);
  }

  @Test
  void cutsWordsAsTheirAuthorsDo() {
    assertThat(ids("how do i kill a python process"))
        .containsExactly(101, 2129, 2079, 1045, 3102, 1037, 18750, 2832, 102);
    assertThat(ids("unaffable embeddings"))
        .containsExactly(101, 14477, 20961, 3468, 7861, 8270, 4667, 2015, 102);
    assertThat(ids("xyzzyq 2023 f4k3"))
        .containsExactly(101, 1060, 2100, 28753, 4160, 16798, 2509, 1042, 2549, 2243, 2509, 102);
    assertThat(ids("adeles dont")).containsExactly(101, 17623, 2015, 2123, 2102, 102);
    assertThat(ids("жизнь")).containsExactly(101, 1186, 10325, 29744, 18947, 23742, 102);
  }

  @Test
  void whatItDoesNotKnowIsUnknown() {
    assertThat(ids("a".repeat(101))).containsExactly(101, 100, 102);
    assertThat(ids("😀 how")).containsExactly(101, 100, 2129, 102);
    assertThat(PIECES.ids(List.of(), 64)).containsExactly(101, 102);
    assertThat(PIECES.ids(List.of(""), 64)).containsExactly(101, 100, 102);
  }

  @Test
  void keepsTheBeginningOfALongText() {
    int[] whole = ids("methamphetamine precursors");
    assertThat(PIECES.ids(List.of("methamphetamine", "precursors"), 5))
        .containsExactly(101, whole[1], whole[2], whole[3], 102);
    assertThat(PIECES.ids(List.of("q".repeat(90), "how", "do"), 64)).hasSize(64).endsWith(102);
  }

  @Test
  void refusesPiecesThatAreNone() {
    assertThatThrownBy(() -> new WordPieces(List.of("[CLS]", "[SEP]", "a")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WordPieces(List.of("[CLS]", "[SEP]", "[UNK]", "a", "a")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
