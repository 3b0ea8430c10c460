package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The thread that runs sequences, several at a time: in each step every sequence that writes gets
 * one token and those that read share what room is left. Sequences join and leave between steps.
 */
final class Lane extends Thread {
  /** Sequences at once. */
  private static final int SLOTS = 40;

  /** Of one tenant: the others find a place that is free. */
  static final int SLOTS_OF_ONE = 32;

  /** Rows in a step where someone waits for the next token: no longer than these take. */
  private static final int ROWS_BESIDE_WRITING = 64;

  /** Tokens to read above which even kernels that are not compiled yet are faster in the end. */
  private static final int MOST_PLAINLY = 64;

  /** Rows whose logits are computed together. */
  private static final int LOGITS_AT_ONCE = 16;

  /** Sequences beside which none has tokens guessed: their rows would be at others' cost. */
  private static final int MOST_GUESSING = 1;

  /** The share of the memory beside the weights that keys and values may fill. */
  private static final double CACHES = 0.5;

  /** How long pages of prompts are kept that nobody uses. */
  static final Duration KEEP = Duration.ofMinutes(10);

  private record Slot(
      Sequence sequence, KeyValueCache cache, long bytes, @Nullable PagePrefix prefix) {}

  private record Wanted(Slot slot, int row, int place, int id, Why why) {}

  /** Whether a token is the sequence's own, or may become so. */
  private enum Why {
    ITS_OWN,
    GUESSED
  }

  /** Whether tokens are guessed where that is worth it; told to whoever compares. */
  enum Guessing {
    YES,
    NO
  }

  private record Guess(Slot slot, int from, int count) {}

  private final Weights weights;
  private final Team team;
  private final Waiting waiting;
  private final Forward forward;
  private final Rehearsal rehearsal;
  private final int vocabulary;
  private final float[] logits;
  private final float[][] ownLogits;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Wanted> wanted = new ArrayList<>();
  private final List<Wanted> watched = new ArrayList<>();
  private final List<Guess> guesses = new ArrayList<>();
  private final PrefixCache prefixes = new PrefixCache(System::nanoTime);
  private final AtomicLong positionsRead = new AtomicLong();
  private final AtomicLong guessed = new AtomicLong();
  private final AtomicLong guessedRight = new AtomicLong();
  private final long mostBytes;
  private long bytes;
  // Taken from the queue and waiting for memory.
  private @Nullable Sequence next;
  private volatile Guessing guessing = Guessing.YES;
  private volatile long keepNanos = KEEP.toNanos();
  private volatile long bytesKept;
  private volatile boolean closed;

  /**
   * @param team of which this thread is the one caller; closed with it
   * @param mostBytes that keys and values may have, of those that run and those that are kept
   */
  Lane(String name, Weights weights, Team team, Waiting waiting, long mostBytes) {
    super(name);
    setDaemon(true);
    this.weights = weights;
    this.team = team;
    this.waiting = waiting;
    forward = new Forward(weights, team);
    forward.use(Kernels.PLAIN);
    rehearsal = new Rehearsal("forefront-rehearsal", weights, forward);
    vocabulary = weights.config().vocabularySize();
    logits = new float[LOGITS_AT_ONCE * Panels.padded(vocabulary)];
    ownLogits = new float[team.size()][vocabulary];
    this.mostBytes = mostBytes;
  }

  /** What the JVM's memory leaves for keys and values. */
  static long bytesBeside(Weights weights) {
    return (long) (CACHES * (Runtime.getRuntime().maxMemory() - weights.bytes()));
  }

  /**
   * @throws BadInputException where so many positions do not fit into memory even alone
   */
  void requireRoom(int positions) {
    long needed = KeyValueCache.bytes(weights.config(), positions);
    if (needed > mostBytes) {
      throw new BadInputException(
          ("%d tokens, prompt and reply together, need %d MB for their keys and values, and %d MB"
                  + " are set aside for these: ask for fewer, or give the JVM more (-Xmx)")
              .formatted(positions, needed >> 20, Math.max(0, mostBytes) >> 20));
    }
  }

  /** Tokens of prompts that were run through the model so far. */
  long positionsRead() {
    return positionsRead.get();
  }

  /** How long pages of prompts are kept that nobody uses, from the next request on. */
  void keep(Duration most) {
    keepNanos = most.toNanos();
  }

  /** Bytes of what was kept of prompts at the last look. */
  long bytesKept() {
    return bytesKept;
  }

  /** Tokens that were guessed so far. */
  long guessed() {
    return guessed.get();
  }

  /** Those of them that came true. */
  long guessedRight() {
    return guessedRight.get();
  }

  void guess(Guessing whether) {
    guessing = whether;
  }

  void close() {
    closed = true;
    interrupt();
  }

  @Override
  public void run() {
    rehearsal.start();
    while (!closed) {
      try {
        admit();
        step();
        rehearsal.begin();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } catch (RuntimeException | Error e) {
        // The sequences are lost, the lane is not: whoever comes next is served.
        slots.forEach(slot -> slot.sequence.fail(e));
        slots.clear();
        bytes = 0;
        // It may have been memory that was missing.
        prefixes.clear();
      }
    }
    rehearsal.interrupt();
    team.close();
    IllegalStateException over = new IllegalStateException("the model was closed");
    slots.forEach(slot -> slot.sequence.fail(over));
    if (next != null) {
      next.fail(over);
    }
  }

  private void admit() throws InterruptedException {
    for (Slot slot : List.copyOf(slots)) {
      if (slot.sequence.isCancelled()) {
        slot.sequence.end(StopReason.CANCELLED);
        leave(slot);
      }
    }
    prefixes.expire(keepNanos);
    while (slots.size() < SLOTS) {
      if (next == null) {
        next = slots.isEmpty() ? await() : waiting.poll(this::hasSlot);
      }
      if (next == null) {
        return;
      }
      if (next.isCancelled()) {
        next.end(StopReason.CANCELLED);
        next = null;
        continue;
      }
      long needed = KeyValueCache.bytes(weights.config(), next.positions());
      if (bytes + needed > mostBytes && !slots.isEmpty()) {
        return;
      }
      Sequence sequence = next;
      next = null;
      slots.add(open(sequence, needed));
      bytes += needed;
      // Whoever runs goes before what is kept.
      prefixes.fit(mostBytes - bytes);
    }
  }

  /** The next one, whatever is kept for too long going while there is none. */
  private Sequence await() throws InterruptedException {
    forgetStep();
    while (true) {
      long left = prefixes.expire(keepNanos);
      bytesKept = prefixes.bytes();
      Sequence come = waiting.take(left);
      if (come != null) {
        return come;
      }
    }
  }

  private boolean hasSlot(Tenant tenant) {
    return slots.stream().filter(slot -> slot.sequence.tenant().equals(tenant)).count()
        < SLOTS_OF_ONE;
  }

  private Slot open(Sequence sequence, long needed) {
    KeyValueCache cache = sequence.open(weights.config());
    PagePrefix prefix = sequence.prefix();
    if (prefix != null) {
      prefixes.find(prefix);
      cache.begin(prefix.pages());
      sequence.begin(prefix);
    }
    return new Slot(sequence, cache, needed, prefix);
  }

  private void leave(Slot slot) {
    if (slots.remove(slot)) {
      bytes -= slot.bytes;
      keep(slot);
    }
  }

  /**
   * Keeps what is full of a prompt that was read; what a pass has not yet computed is not there.
   */
  private void keep(Slot slot) {
    PagePrefix prefix = slot.prefix;
    if (prefix != null) {
      prefix.fill(slot.cache);
      if (prefix.isUnkept()) {
        prefixes.keep(prefix, mostBytes - bytes);
      }
    }
  }

  /** Lets go of the last step, in which whoever has left may have been. */
  private void forgetStep() {
    forward.clear();
    wanted.clear();
    watched.clear();
    guesses.clear();
  }

  private void step() {
    forgetStep();
    List<Slot> readers = new ArrayList<>();
    for (Slot slot : slots) {
      if (slot.sequence.isReading()) {
        readers.add(slot);
      } else {
        feed(slot);
        if (guessing == Guessing.YES && slots.size() <= MOST_GUESSING) {
          guess(slot);
        }
      }
    }
    if (readers.stream().mapToInt(slot -> slot.sequence.unread()).sum() > MOST_PLAINLY) {
      forward.use(Kernels.VECTORS);
    }
    read(readers, forward.rows() == 0 ? Forward.MOST_ROWS : ROWS_BESIDE_WRITING);
    forward.run();
    for (Wanted want : watched) {
      float[] logits = forward.readings(want.row);
      if (want.slot.prefix != null) {
        want.slot.prefix.hear(want.place, logits);
      }
      want.slot.sequence.read(want.place, logits);
    }
    readers.forEach(this::keep);
    List<Slot> over = new ArrayList<>();
    for (int from = 0; from < wanted.size(); from += LOGITS_AT_ONCE) {
      take(wanted.subList(from, Math.min(wanted.size(), from + LOGITS_AT_ONCE)), over);
    }
    guesses.forEach(this::judge);
    over.forEach(this::leave);
    watched.forEach(one -> one.slot.sequence.tellRead());
    for (Slot slot : List.copyOf(slots)) {
      if (slot.sequence.isOver()) {
        slot.sequence.endRead();
        leave(slot);
      }
    }
  }

  /**
   * Gives tenants equal parts of the room, and each tenant's sequences equal parts of that, so that
   * nobody waits behind a long prompt, or behind many.
   */
  private void read(List<Slot> readers, int mostRows) {
    Map<Tenant, List<Slot>> tenants = new LinkedHashMap<>();
    for (Slot slot : readers) {
      tenants.computeIfAbsent(slot.sequence.tenant(), who -> new ArrayList<>()).add(slot);
    }
    List<List<Slot>> each = List.copyOf(tenants.values());
    // One row for everyone, so that all get on, and the rest by shares.
    int rest = mostRows - forward.rows() - readers.size();
    int[] rooms =
        Shares.of(rest, each.stream().mapToInt(own -> IntStream.of(more(own)).sum()).toArray());
    for (int i = 0; i < rooms.length; i++) {
      List<Slot> own = each.get(i);
      int[] rows = Shares.of(rooms[i], more(own));
      for (int at = 0; at < rows.length; at++) {
        for (int row = 0; row <= rows[at]; row++) {
          feed(own.get(at));
        }
      }
    }
  }

  /** What each has to read beside its next token. */
  private static int[] more(List<Slot> readers) {
    return readers.stream().mapToInt(slot -> slot.sequence.unread() - 1).toArray();
  }

  private void feed(Slot slot) {
    int place = slot.cache.length();
    Sequence sequence = slot.sequence;
    boolean reads = sequence.isReading();
    int id = sequence.next();
    int row =
        reads
            ? forward.read(slot.cache, id, sequence.watch(), sequence.shown())
            : forward.write(slot.cache, id, sequence.watch(), sequence.shown());
    if (reads) {
      positionsRead.getAndIncrement();
    }
    if (sequence.watch() != null) {
      watched.add(new Wanted(slot, row, place, id, Why.ITS_OWN));
    }
    if (sequence.needsLogits()) {
      wanted.add(new Wanted(slot, row, place, id, Why.ITS_OWN));
    }
  }

  /** Adds what may follow, each token like one that was written. */
  private void guess(Slot slot) {
    Sequence sequence = slot.sequence;
    int from = slot.cache.length();
    int[] ids = sequence.guess();
    for (int i = 0; i < ids.length; i++) {
      int row = forward.write(slot.cache, ids[i], sequence.watch(), null);
      wanted.add(new Wanted(slot, row, from + i, ids[i], Why.GUESSED));
    }
    if (ids.length > 0) {
      guesses.add(new Guess(slot, from, ids.length));
    }
  }

  /** Forgets what did not come true. */
  private void judge(Guess guess) {
    int right = guess.slot.sequence.judge();
    guess.slot.cache.shorten(guess.from + right);
    guessed.getAndAdd(guess.count);
    guessedRight.getAndAdd(right);
  }

  /** Lets sequences take their logits, each on any thread; one that has several takes in order. */
  private void take(List<Wanted> some, List<Slot> over) {
    forward.logits(some.stream().map(Wanted::row).toList(), logits);
    Set<Slot> slotsOfSome = new HashSet<>();
    some.forEach(want -> slotsOfSome.add(want.slot));
    boolean[] goesOn = new boolean[some.size()];
    if (slotsOfSome.size() < some.size()) {
      for (int i = 0; i < goesOn.length; i++) {
        goesOn[i] = take(some, i, 0);
      }
    } else {
      team.run(
          goesOn.length,
          16L * goesOn.length * vocabulary,
          (i, member) -> goesOn[i] = take(some, i, member));
    }
    for (int i = 0; i < goesOn.length; i++) {
      if (!goesOn[i]) {
        over.add(some.get(i).slot);
      }
    }
  }

  private boolean take(List<Wanted> some, int i, int member) {
    Wanted want = some.get(i);
    Sequence sequence = want.slot.sequence;
    if (want.why == Why.GUESSED) {
      if (!sequence.isRight(want.place, want.id)) {
        return true;
      }
      if (sequence.watch() != null) {
        sequence.read(want.place, forward.readings(want.row));
      }
    }
    float[] own = ownLogits[member];
    System.arraycopy(logits, i * Panels.padded(vocabulary), own, 0, vocabulary);
    return sequence.take(own, vocabulary, want.place, weights.config().contextLength());
  }
}
