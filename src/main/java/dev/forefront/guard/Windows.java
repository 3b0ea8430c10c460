package dev.forefront.guard;

import dev.forefront.conversation.Message;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that may be longer than a guard model can read: it is judged in windows that overlap
 * by at least a quarter, each of them, and the worst judgement counts. One for each text that
 * grows: windows that were judged already are not judged again.
 */
final class Windows {
  private static final int MOST = 64;
  private static final int MOST_TRIES = 12;
  private static final int LEAST_ROOM = 64;

  private final Set<List<Message>> judged = new HashSet<>();
  // Chars that a window may have; found out by trying.
  private int room = Integer.MAX_VALUE;

  /**
   * The worst judgement on what was not judged yet, or null where there is nothing new.
   *
   * @param look throws {@link PromptTooLongException} where it is given too much
   */
  @Nullable Signal judge(List<Message> exchange, Function<List<Message>, Signal> look) {
    for (int attempt = 0; attempt < MOST_TRIES && room >= LEAST_ROOM; attempt++) {
      List<List<Message>> windows = cut(exchange);
      if (windows.size() > MOST) {
        throw new IllegalStateException("the text is too long for the guard model");
      }
      try {
        return judgeAll(windows, look);
      } catch (PromptTooLongException tooLong) {
        room = smaller(windows, tooLong);
      }
    }
    throw new IllegalStateException("the guard model's context is too short for its question");
  }

  private @Nullable Signal judgeAll(
      List<List<Message>> windows, Function<List<Message>, Signal> look) {
    Signal worst = null;
    for (List<Message> window : windows) {
      if (judged.contains(window)) {
        continue;
      }
      Signal signal = look.apply(window);
      if (!signal.isSound() || signal.blocks()) {
        return signal;
      }
      if (windows.size() > 1) {
        judged.add(window);
      }
      if (worst == null || signal.score() / signal.limit() > worst.score() / worst.limit()) {
        worst = signal;
      }
    }
    return worst;
  }

  private int smaller(List<List<Message>> windows, PromptTooLongException tooLong) {
    int longest = windows.stream().mapToInt(Windows::chars).max().orElse(0);
    double share = tooLong.contextLength() / (double) Math.max(1, tooLong.promptTokens());
    return (int) (Math.min(room, longest) * 0.9 * Math.min(1, share));
  }

  private static int chars(List<Message> messages) {
    return messages.stream().mapToInt(message -> message.content().length()).sum();
  }

  /** Windows depend on what is before their end alone: those of a growing text stay. */
  private List<List<Message>> cut(List<Message> exchange) {
    if (chars(exchange) <= room) {
      return List.of(exchange);
    }
    List<Message> pieces = pieces(exchange);
    List<List<Message>> windows = new ArrayList<>();
    for (int from = 0; windows.size() <= MOST; from = next(pieces, from)) {
      int to = end(pieces, from, room);
      windows.add(joined(pieces.subList(from, to)));
      if (to == pieces.size()) {
        break;
      }
    }
    return windows;
  }

  private int next(List<Message> pieces, int from) {
    return Math.max(from + 1, end(pieces, from, room / 2));
  }

  /** How far pieces of together so many chars reach. */
  private static int end(List<Message> pieces, int from, int most) {
    int to = from;
    int length = 0;
    while (to < pieces.size() && length + pieces.get(to).content().length() <= most) {
      length += pieces.get(to).content().length();
      to++;
    }
    return to;
  }

  private List<Message> pieces(List<Message> exchange) {
    int longest = room / 4;
    List<Message> pieces = new ArrayList<>();
    for (Message message : exchange) {
      String text = message.content();
      for (int from = 0; from < text.length(); ) {
        int to = Math.min(text.length(), from + longest);
        if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
          to--;
        }
        pieces.add(new Message(message.role(), text.substring(from, to)));
        from = to;
      }
    }
    return pieces;
  }

  private static List<Message> joined(List<Message> pieces) {
    List<Message> messages = new ArrayList<>();
    if (pieces.getFirst().role() == Role.ASSISTANT) {
      messages.add(Exchange.BEFORE);
    }
    for (Message piece : pieces) {
      if (!messages.isEmpty() && messages.getLast().role() == piece.role()) {
        Message before = messages.removeLast();
        messages.add(new Message(piece.role(), before.content() + piece.content()));
      } else {
        messages.add(piece);
      }
    }
    return List.copyOf(messages);
  }
}
