package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Letters apart in what a model writes, wherever the text before them stops being waited for. */
class StreamedLettersTest {

  @Test
  void aWordInLettersApartIsReadWhereverItStandsAfterOddText() {
    List<Integer> missed = new ArrayList<>();
    for (int before = 0; before < 130; before++) {
      List<String> words = new ArrayList<>();
      Scanner scanner = Scanner.ofStream(word -> words.add(word.text()));
      // Figures and signs now and then, as in source code or a table, so that it is never calm.
      String filler = "0x2A fox \\slash the river 0x2A end \\slash house ".repeat(4);
      String text =
          filler.substring(0, before).strip()
              + " light f o r b i d d e n now the fox went home along the river";
      for (int at = 0; at < text.length(); at++) {
        scanner.read(text.substring(at, at + 1));
      }
      scanner.finish();
      if (words.stream().noneMatch(word -> word.contains("forbidden"))) {
        missed.add(before);
      }
    }
    assertThat(missed).isEmpty();
  }
}
