package dev.forefront.generate;

import dev.forefront.conversation.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/**
 * One thread that runs sequences, several at a time: in each step every sequence that writes gets
 * one token and those that read share what room is left. Sequences join and leave between steps.
 */
final class Lane extends Thread {
  /** Sequences at once. */
  private static final int SLOTS = 24;

  private static final class Slot {
    private final Sequence sequence;
    private final KeyValueCache cache;

    private Slot(Sequence sequence, KeyValueCache cache) {
      this.sequence = sequence;
      this.cache = cache;
    }
  }

  private record Wanted(Slot slot, int row, int place) {}

  private final Weights weights;
  private final BlockingQueue<Sequence> waiting;
  private final Forward forward;
  private final float[] logits;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Wanted> watched = new ArrayList<>();
  private volatile boolean closed;

  Lane(String name, Weights weights, BlockingQueue<Sequence> waiting) {
    super(name);
    setDaemon(true);
    this.weights = weights;
    this.waiting = waiting;
    forward = new Forward(weights);
    logits = new float[Panels.padded(weights.config().vocabularySize())];
  }

  void close() {
    closed = true;
    interrupt();
  }

  @Override
  public void run() {
    while (!closed) {
      try {
        admit();
        step();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } catch (RuntimeException | Error e) {
        // The sequences are lost, the lane is not: whoever comes next is served.
        slots.forEach(slot -> slot.sequence.fail(e));
        slots.clear();
      }
    }
    IllegalStateException over = new IllegalStateException("the model was closed");
    slots.forEach(slot -> slot.sequence.fail(over));
  }

  private void admit() throws InterruptedException {
    slots.removeIf(slot -> slot.sequence.isCancelled() && !slot.sequence.end(StopReason.CANCELLED));
    while (slots.size() < SLOTS) {
      Sequence next = slots.isEmpty() ? waiting.take() : waiting.poll();
      if (next == null) {
        return;
      }
      slots.add(new Slot(next, next.open(weights.config())));
    }
  }

  private void step() {
    forward.clear();
    List<Wanted> wanted = new ArrayList<>();
    watched.clear();
    for (Slot slot : slots) {
      if (!slot.sequence.isReading()) {
        feed(slot, wanted);
      }
    }
    for (Slot slot : slots) {
      while (slot.sequence.isReading() && forward.rows() < Forward.MOST_ROWS) {
        feed(slot, wanted);
        if (!slot.sequence.isReading()) {
          break;
        }
      }
    }
    forward.run();
    for (Wanted want : watched) {
      want.slot().sequence.read(want.place(), forward.readings(want.row()));
    }
    int vocabulary = weights.config().vocabularySize();
    for (Wanted want : wanted) {
      forward.logits(want.row(), logits);
      if (!want.slot()
          .sequence
          .take(logits, vocabulary, want.place(), weights.config().contextLength())) {
        slots.remove(want.slot());
      }
    }
    watched.forEach(one -> one.slot().sequence.tellRead());
    slots.removeIf(slot -> slot.sequence.isOver() && !slot.sequence.endRead());
  }

  private void feed(Slot slot, List<Wanted> wanted) {
    int place = slot.cache.length();
    Sequence sequence = slot.sequence;
    int row = forward.add(slot.cache, sequence.next(), sequence.watch(), sequence.shown());
    if (sequence.watch() != null) {
      watched.add(new Wanted(slot, row, place));
    }
    if (slot.sequence.needsLogits()) {
      wanted.add(new Wanted(slot, row, place));
    }
  }
}
