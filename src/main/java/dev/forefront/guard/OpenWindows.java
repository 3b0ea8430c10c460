package dev.forefront.guard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Windows of a request of which heads and phrases have not said the last word. An encoder takes
 * milliseconds for each, so only those are kept that they find worst, and it is asked when all is
 * read. For one thread at a time.
 */
final class OpenWindows {
  /** Less than a second's work of an encoder with twelve layers. */
  static final int MOST = 12;

  /**
   * @param logOdds what heads and phrases say together
   * @param most log odds that an encoder may add
   * @param layers under which its words were decoded
   */
  record Window(double logOdds, float most, List<String> words, List<String> layers) {}

  private final List<Window> windows = new ArrayList<>();

  /**
   * Keeps a window; of those with the same words the worst alone.
   *
   * @return the one that has no place any more
   */
  Optional<Window> add(Window one) {
    for (int at = 0; at < windows.size(); at++) {
      if (windows.get(at).words.equals(one.words)) {
        if (!(one.logOdds <= windows.get(at).logOdds)) {
          windows.set(at, one);
        }
        return Optional.empty();
      }
    }
    windows.add(one);
    if (windows.size() <= MOST) {
      return Optional.empty();
    }
    Window least = Collections.min(windows, Comparator.comparingDouble(Window::logOdds));
    windows.remove(least);
    return Optional.of(least);
  }

  /** All that are kept, the worst first; none is afterwards. */
  List<Window> takeAll() {
    List<Window> all = new ArrayList<>(windows);
    all.sort(Comparator.comparingDouble(Window::logOdds).reversed());
    windows.clear();
    return all;
  }
}
