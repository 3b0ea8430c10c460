package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Judges one reply while it is written. The newest pieces are held back; what leaves is covered by
 * a verdict that has seen what comes after it. After a block nothing leaves any more. For one
 * thread at a time, and without a deadline: that is {@link GuardedReply}'s.
 */
final class OutputGuard {

  // On suspicion this many times as much is held back.
  private static final int WIDENED = 4;

  private final Guard guard;
  private final GuardSettings settings;
  private final Conversation conversation;
  private final String before;
  private final @Nullable ProbeReader probe;
  private final WholeCharacters characters = new WholeCharacters();
  private final Deque<String> held = new ArrayDeque<>();
  private final StringBuilder unread = new StringBuilder();
  private @Nullable Inspection reading;
  // Reads what may be JSON a second time, as whoever takes it apart will read it.
  private @Nullable Inspection understanding;
  private final JsonEscapes escapes = new JsonEscapes();
  private boolean json;
  private @Nullable JudgedReply judged;
  private Verdict.@Nullable Block blocked;
  private boolean finished;
  private boolean suspicious;
  private int unreadPieces;
  private long settledTo;
  private long releasedChars;
  private long releasedBytes;

  /**
   * @param before what the reply continues: read with it, so that nothing is split over the two
   */
  OutputGuard(Guard guard, String before) {
    this(guard, Conversation.of(), before, null);
  }

  /**
   * @param conversation what the reply answers
   * @param before likewise; the conversation's last message where that is the assistant's
   * @param probe that reads each token once the model reads it back; the newest piece waits for it
   */
  OutputGuard(Guard guard, Conversation conversation, String before, @Nullable ProbeReader probe) {
    this.probe = probe;
    this.guard = guard;
    this.conversation = conversation;
    this.settings = guard.settings();
    this.before = characters.push(before) + characters.finish();
  }

  /** The same, where the reply is JSON or may hold some. */
  OutputGuard readingJson() {
    json = true;
    return this;
  }

  /**
   * Takes the next piece of the reply, usually one token.
   *
   * @return what may leave now, often nothing yet, or the block
   */
  Passage push(String piece) {
    if (finished) {
      throw new IllegalStateException("the reply has ended already");
    }
    if (blocked != null) {
      return new Passage(blocked, "");
    }
    if (!take(characters.push(piece))) {
      return nothing();
    }
    return unreadPieces < settings.stride() && unread.length() < 64 * settings.stride()
        ? nothing()
        : judge(false);
  }

  /** The reply has ended: judges the rest and lets it leave, or blocks it. */
  Passage finish() {
    return finish("");
  }

  /** The reply has ended with this last piece. */
  Passage finish(String piece) {
    finished = true;
    if (blocked != null) {
      return new Passage(blocked, "");
    }
    take(characters.push(piece));
    take(characters.finish());
    return judge(true);
  }

  private boolean take(String piece) {
    if (piece.isEmpty()) {
      return false;
    }
    held.add(piece);
    unread.append(piece);
    unreadPieces++;
    return true;
  }

  private Passage judge(boolean last) {
    String fresh = unread.toString();
    int pieces = unreadPieces;
    unread.setLength(0);
    unreadPieces = 0;
    Verdict.Block block = read(fresh, last);
    block = block == null ? ask(fresh, pieces, last) : block;
    if (block != null) {
      blocked = block;
      held.clear();
      return new Passage(block, "");
    }
    return release(last);
  }

  private Verdict.@Nullable Block read(String fresh, boolean last) {
    Inspection now = reading;
    if (now == null) {
      now = guard.reading(Side.OUTPUT);
      now.read(before);
      reading = now;
      if (json) {
        understanding = guard.reading(Side.OUTPUT);
        understanding.read(escapes.push(before));
      }
      judged = guard.judged(conversation, before);
    }
    settledTo = Long.MAX_VALUE;
    suspicious = false;
    Verdict.Block block = read(now, fresh, last);
    return block == null && understanding != null
        ? read(understanding, escapes.push(fresh), last)
        : block;
  }

  private Verdict.@Nullable Block read(Inspection now, String fresh, boolean last) {
    now.read(fresh);
    if (last) {
      now.finish();
    }
    settledTo = Math.min(settledTo, now.settledTo() - before.length());
    suspicious |= now.suspicious();
    return now.block();
  }

  /** The guard model reads less often: what it has not judged is not settled. */
  private Verdict.@Nullable Block ask(String fresh, int pieces, boolean last) {
    if (judged == null) {
      return null;
    }
    Verdict.Block block = judged.read(fresh, pieces, last);
    settledTo = Math.min(settledTo, judged.judgedTo());
    suspicious |= judged.suspicious();
    return block;
  }

  private Passage release(boolean last) {
    int keep = last ? 0 : heldBack();
    StringBuilder out = new StringBuilder();
    while (held.size() > keep && (last || releasedChars + held.getFirst().length() <= settledTo)) {
      String piece = held.removeFirst();
      out.append(piece);
      releasedChars += piece.length();
    }
    String text = out.toString();
    long from = releasedBytes;
    releasedBytes += text.getBytes(StandardCharsets.UTF_8).length;
    return new Passage(new Verdict.Allow(from, releasedBytes), text);
  }

  private int heldBack() {
    int usual = settings.holdBack();
    if (probe == null) {
      return usual * (suspicious ? WIDENED : 1);
    }
    // The newest piece has not been read yet.
    return Math.max(1, usual * (suspicious || probe.suspicious() ? WIDENED : 1));
  }

  private Passage nothing() {
    return new Passage(new Verdict.Allow(releasedBytes, releasedBytes), "");
  }
}
