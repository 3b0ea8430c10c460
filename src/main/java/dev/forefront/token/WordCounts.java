package dev.forefront.token;

import dev.forefront.conversation.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Cuts texts into words and counts them, on several threads. Texts wait until there is work for
 * all; each thread has a table of its own, and these become one at the end.
 */
final class WordCounts {
  private static final int BATCH = 16 << 20;
  private static final int PIECE = 1 << 18;

  private final List<Pattern> splitter;
  private final List<WordTable> tables = new ArrayList<>();
  private final List<Piece> waiting = new ArrayList<>();
  private long characters;

  WordCounts(List<Pattern> splitter, int threads) {
    this.splitter = splitter;
    for (int i = 0; i < threads; i++) {
      tables.add(new WordTable());
    }
  }

  /** A stretch of a text. */
  private record Piece(String text, int from, int to) {}

  void add(String text) {
    for (int from = 0; from < text.length(); ) {
      int to = cut(text, from);
      waiting.add(new Piece(text, from, to));
      from = to;
    }
    characters += text.length();
    if (characters >= BATCH) {
      count();
    }
  }

  /** All words so far. */
  WordTable words() {
    count();
    WordTable all = tables.getFirst();
    for (int i = 1; i < tables.size(); i++) {
      all.addAll(tables.get(i));
      tables.set(i, new WordTable());
    }
    return all;
  }

  /** Where a piece ends: between two words in any language of words, {@code "a| b"}. */
  private static int cut(String text, int from) {
    for (int i = from + PIECE; i + 1 < text.length(); i++) {
      if (text.charAt(i) == ' ' && isLetter(text.charAt(i - 1)) && isLetter(text.charAt(i + 1))) {
        return i;
      }
    }
    return text.length();
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private void count() {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      WordTable table = tables.get(i);
      threads.add(
          Thread.ofPlatform()
              .name("bpe-words-" + i)
              .uncaughtExceptionHandler((thread, thrown) -> failure.compareAndSet(null, thrown))
              .start(() -> count(next, table)));
    }
    for (Thread thread : threads) {
      Threads.join(thread);
    }
    waiting.clear();
    characters = 0;
    if (failure.get() != null) {
      throw new IllegalStateException("words could not be counted", failure.get());
    }
  }

  private void count(AtomicInteger next, WordTable table) {
    WordCutter cutter = new WordCutter(splitter);
    for (int i; (i = next.getAndIncrement()) < waiting.size(); ) {
      Piece piece = waiting.get(i);
      cutter.cut(piece.text(), piece.from(), piece.to(), table::add);
    }
  }
}
