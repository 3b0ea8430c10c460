package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenWindowsTest {
  private static OpenWindows.Window window(double logOdds, String... words) {
    return new OpenWindows.Window(logOdds, EncoderHead.MOST, List.of(words), List.of());
  }

  @Test
  void givesTheWorstFirstAndForgetsThem() {
    OpenWindows open = new OpenWindows();
    open.add(window(-3, "paint"));
    open.add(window(1, "visit"));
    open.add(window(-1, "greet"));
    assertThat(open.takeAll())
        .extracting(OpenWindows.Window::logOdds)
        .containsExactly(1.0, -1.0, -3.0);
    assertThat(open.takeAll()).isEmpty();
  }

  @Test
  void keepsTheWorstWhereThereIsNoPlaceForAll() {
    OpenWindows open = new OpenWindows();
    IntStream.range(0, OpenWindows.MOST)
        .forEach(at -> assertThat(open.add(window(at, "a" + at))).isEmpty());
    assertThat(open.add(window(30, "b"))).contains(window(0, "a0"));
    assertThat(open.add(window(-5, "c"))).contains(window(-5, "c"));
    assertThat(open.takeAll()).hasSize(OpenWindows.MOST).first().isEqualTo(window(30, "b"));
  }

  @Test
  void keepsTheWorstOfTheSameWords() {
    OpenWindows open = new OpenWindows();
    open.add(window(-2, "paint", "a", "house"));
    assertThat(open.add(window(-1, "paint", "a", "house"))).isEmpty();
    assertThat(open.takeAll()).containsExactly(window(-1, "paint", "a", "house"));
  }

  @Test
  void asksAboutTheSameWordsOnce() {
    OpenWindows open = new OpenWindows();
    open.add(window(-1, "paint", "a", "house"));
    assertThat(open.add(window(-2, "paint", "a", "house"))).isEmpty();
    assertThat(open.takeAll()).hasSize(1);
  }
}
