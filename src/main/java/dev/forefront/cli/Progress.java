package dev.forefront.cli;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far something is, with rate and remaining time, on standard error: a bar on a terminal,
 * otherwise one plain line every few seconds. Safe to call from any thread.
 */
final class Progress implements AutoCloseable, LongConsumer {
  private static final long LINE_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long QUIET_FIRST_NANOS = Duration.ofSeconds(2).toNanos();
  private static final int WIDTH = 100;

  private final String task;
  private final String unit;
  private final long total;
  private final PrintStream out;
  private final @Nullable ProgressBar bar;
  private final long started = System.nanoTime();
  private long lastLine = started - LINE_EVERY_NANOS + QUIET_FIRST_NANOS;
  private long done;
  private String note = "";

  private Progress(String task, long total, String unit, PrintStream out, Display display) {
    this.task = task;
    this.unit = unit;
    this.total = total;
    this.out = out;
    this.bar = display == Display.BAR ? bar(task, total, unit, out) : null;
  }

  enum Display {
    BAR,
    LINES
  }

  /**
   * @param total what {@link #at} will reach, or -1 where nobody knows
   * @param unit of which there are {@code total}: "tokens", "steps", "files"
   */
  static Progress start(String task, long total, String unit) {
    return start(task, total, unit, System.err, onTerminal() ? Display.BAR : Display.LINES);
  }

  static Progress start(String task, long total, String unit, PrintStream out, Display display) {
    return new Progress(task, total, unit, out, display);
  }

  /** So much is done since the start. */
  synchronized void at(long doneNow) {
    done = doneNow;
    if (bar != null) {
      bar.stepTo(doneNow);
    } else if (System.nanoTime() - lastLine >= LINE_EVERY_NANOS) {
      lastLine = System.nanoTime();
      out.println(line());
    }
  }

  @Override
  public void accept(long doneNow) {
    at(doneNow);
  }

  /** A few words beside the figures: "loss 2.31". */
  synchronized void note(String words) {
    note = words;
    if (bar != null) {
      bar.setExtraMessage(" " + words);
    }
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    } else if (System.nanoTime() - started >= QUIET_FIRST_NANOS) {
      out.println(line());
    }
  }

  private String line() {
    double seconds = (System.nanoTime() - started) / 1e9;
    double rate = done / Math.max(seconds, 1e-9);
    StringBuilder line = new StringBuilder(task).append("  ");
    if (total > 0) {
      line.append(String.format(Locale.ROOT, "%3d%%  ", Math.min(100, 100 * done / total)));
      line.append(String.format(Locale.ROOT, "%,d/%,d %s", done, total, unit));
    } else {
      line.append(String.format(Locale.ROOT, "%,d %s", done, unit));
    }
    line.append(String.format(Locale.ROOT, "  %,.1f %s/s  %s", rate, unit, clock(seconds)));
    if (total > done && rate > 0) {
      line.append(", ").append(clock((total - done) / rate)).append(" left");
    }
    return note.isEmpty() ? line.toString() : line.append("  ").append(note).toString();
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return "%d:%02d".formatted(whole / 60, whole % 60);
  }

  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static ProgressBar bar(String task, long total, String unit, PrintStream out) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .setUnit(" " + unit, 1)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .showSpeed()
        .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
        .build();
  }
}
