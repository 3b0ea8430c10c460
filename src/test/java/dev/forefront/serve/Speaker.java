package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Answers each request by a script, word by word. At {@link #HOLD} it waits until it is told to go
 * on, at {@link #BREAK} it fails; so no test depends on time.
 */
final class Speaker implements LanguageModel {
  static final String HOLD = "\u23f8";
  static final String BREAK = "\u26a1";

  /** What it was asked, in order. */
  final List<Conversation> asked = new CopyOnWriteArrayList<>();

  private final Map<String, String> script = new ConcurrentHashMap<>();
  private final Semaphore turns = new Semaphore(0);
  private final Semaphore held = new Semaphore(0);
  private final int contextLength;
  private volatile boolean over;
  private volatile Runnable counting = () -> {};

  /**
   * @param contextLength in words
   */
  Speaker(int contextLength) {
    this.contextLength = contextLength;
  }

  Speaker on(String request, String reply) {
    script.put(request, reply);
    return this;
  }

  /** Runs before a request's tokens are counted, on the thread that will tell the reply. */
  void whenCounting(Runnable happens) {
    counting = happens;
  }

  /** Comes back once so many more replies have come to where they wait. */
  void awaitHeld(int replies) throws InterruptedException {
    held.acquire(replies);
  }

  /** Lets one reply that waits, now or later, go on. */
  void goOn() {
    turns.release();
  }

  /** Nothing waits any more. */
  void letAllGo() {
    over = true;
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    asked.add(conversation);
    String request = lastUserMessage(conversation);
    String text = script.getOrDefault(request, "You said: " + request);
    int token = 0;
    StringBuilder said = new StringBuilder();
    for (String piece : text.split("(?<=[ \n\u23f8\u26a1])|(?=[\u23f8\u26a1])")) {
      if (piece.equals(HOLD)) {
        hold();
      } else if (piece.equals(BREAK)) {
        throw new IllegalStateException("the script says so");
      } else {
        said.append(piece);
        if (listener.piece(piece, ++token) == Next.STOP) {
          return new Reply(said.toString(), StopReason.CANCELLED, 1, token, "");
        }
      }
    }
    return new Reply(said.toString(), StopReason.END_OF_TURN, 1, token, "");
  }

  private void hold() {
    held.release();
    try {
      while (!over && !turns.tryAcquire(20, TimeUnit.MILLISECONDS)) {
        // Still on hold.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String lastUserMessage(Conversation conversation) {
    return conversation.messages().reversed().stream()
        .filter(m -> m.role() == Role.USER)
        .map(Message::content)
        .findFirst()
        .orElse("");
  }

  @Override
  public String name() {
    return "speaker";
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public int countTokens(Conversation conversation) {
    counting.run();
    return conversation.messages().stream().mapToInt(m -> m.content().split(" ").length).sum();
  }

  @Override
  public Score score(String context, String continuation) {
    throw new UnsupportedOperationException("this model only speaks");
  }

  @Override
  public void close() {
    letAllGo();
  }
}
