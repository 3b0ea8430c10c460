package dev.forefront.generate;

import dev.forefront.conversation.Tenant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of one prompt, page by page: the keys and values of each full page, and what a
 * probe read of it where one looks on. For the lane's thread alone.
 */
final class PagePrefix {
  private static final int PAGE = KeyValueCache.PAGE;

  /** The tokens of a page, to look it up by. */
  static final class Tokens {
    /** Bytes beside those of keys and values. */
    static final int BYTES = PAGE * Integer.BYTES;

    private final int[] ids;
    private final int hash;

    Tokens(int[] prompt, int page) {
      ids = Arrays.copyOfRange(prompt, page * PAGE, (page + 1) * PAGE);
      hash = Arrays.hashCode(ids);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final Tenant tenant;
  private final int[] prompt;
  private final @Nullable Watch watch;
  private final List<Tokens> tokens = new ArrayList<>();
  private final List<CachePage> pages = new ArrayList<>();
  // One for each page that a probe has begun to read; empty where none looks on.
  private final List<float[]> readings = new ArrayList<>();
  private int kept;

  /**
   * @param watch that has to hear of each position
   */
  PagePrefix(Tenant tenant, int[] prompt, @Nullable Watch watch) {
    this.tenant = tenant;
    this.prompt = prompt;
    this.watch = watch;
  }

  Tenant tenant() {
    return tenant;
  }

  @Nullable Watch watch() {
    return watch;
  }

  /** Pages that may be taken over: the last token is read, since the next one follows from it. */
  int reusable() {
    return (prompt.length - 1) / PAGE;
  }

  /** Pages that are full, the first ones. */
  List<CachePage> pages() {
    return pages;
  }

  Tokens tokens(int page) {
    while (tokens.size() <= page) {
      tokens.add(new Tokens(prompt, tokens.size()));
    }
    return tokens.get(page);
  }

  /** All that a probe read of a full page, token by token; null where none looks on. */
  float @Nullable [] readings(int page) {
    return watch == null ? null : readings.get(page);
  }

  /** What a probe read of one position on a full page; the caller's own. */
  float[] reading(int place) {
    float[] all = readings.get(place / PAGE);
    int heads = all.length / PAGE;
    int at = place % PAGE * heads;
    return Arrays.copyOfRange(all, at, at + heads);
  }

  /**
   * Takes the next page over from an earlier prompt.
   *
   * @param read of this page by the same probe, where one looks on
   */
  void take(CachePage page, float @Nullable [] read) {
    pages.add(page);
    kept++;
    if (watch != null) {
      readings.add(Objects.requireNonNull(read));
    }
  }

  /** Takes what a probe reads, position by position. */
  void hear(int place, float[] logits) {
    int page = place / PAGE;
    if (page >= prompt.length / PAGE) {
      return;
    }
    if (page == readings.size()) {
      readings.add(new float[PAGE * logits.length]);
    }
    System.arraycopy(logits, 0, readings.get(page), place % PAGE * logits.length, logits.length);
  }

  /** Takes up the pages that have become full. */
  void fill(KeyValueCache cache) {
    int full = Math.min(cache.length(), prompt.length) / PAGE;
    while (pages.size() < full) {
      pages.add(cache.fullPage(pages.size()));
    }
  }

  /** Whether there are pages that could not be kept for others yet. */
  boolean isUnkept() {
    return kept < pages.size();
  }

  void kept(int count) {
    kept = count;
  }
}
