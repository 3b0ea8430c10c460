package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import dev.forefront.serve.Toolbox.Calling;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads calls in the way in which one kind of model writes them. Text is told as it comes, but for
 * white space and beginnings of marks, which wait for what follows; from a mark on, nothing is told
 * until the call is whole. What then is no call, or one of no tool that there is, was text.
 */
final class CallReader implements Calls {

  /** How far the reply has come by the time that a call has to be whole. */
  private enum Ending {
    /** It goes on. */
    OPEN,
    /** It ended where the model wanted. */
    WHOLE,
    CUT
  }

  /** White space around marks that is looked over again with each piece. */
  private static final int MOST_SPACE = 1_000;

  private final CallFormat format;
  private final CallJson json;
  private final Calling calling;
  private final List<ToolCall> calls = new ArrayList<>();
  private final StringBuilder held = new StringBuilder();
  private final StringBuilder told = new StringBuilder();
  private final HeldTokens heldTokens = new HeldTokens();
  private final List<TokenTold> toldTokens = new ArrayList<>();
  private JsonEnd end = new JsonEnd();
  // Whether what is held is taken for a call, after so many characters of white space and mark.
  private boolean inCall;
  private int mark;
  // Nothing but what parts calls was said since the beginning, or since the last call.
  private boolean fresh = true;

  private CallReader(CallFormat format, Set<String> names, Calling calling) {
    this.format = format;
    // Templates of models that write nothing else around a call take one in a message.
    this.calling = format.isBare() ? Calling.ONE : calling;
    json = new CallJson(format, names);
  }

  /**
   * Of a reply that may be text, calls, or both.
   *
   * @param names of the tools that there are
   */
  static CallReader of(CallFormat format, Set<String> names, Calling calling) {
    return new CallReader(format, names, calling);
  }

  /** Of a reply that goes on from the mark before a call. */
  static CallReader inCall(CallFormat format, Set<String> names) {
    CallReader reader = new CallReader(format, names, Calling.ONE);
    reader.inCall = true;
    return reader;
  }

  @Override
  public Told take(String piece, List<TokenTold> tokens) {
    held.append(piece);
    heldTokens.add(tokens);
    advance(Ending.OPEN);
    return told();
  }

  @Override
  public boolean wantsMore() {
    return calling == Calling.MANY || calls.isEmpty();
  }

  @Override
  public Told finish(StopReason stop) {
    boolean whole = stop == StopReason.END_OF_TURN || stop == StopReason.STOP_TEXT;
    advance(whole ? Ending.WHOLE : Ending.CUT);
    boolean parts = fresh && !calls.isEmpty();
    if (wantsMore() && !parts) {
      say(held.length());
    }
    held.setLength(0);
    return told();
  }

  @Override
  public List<ToolCall> made() {
    return List.copyOf(calls);
  }

  private void advance(Ending ending) {
    boolean on = true;
    while (on && wantsMore()) {
      on = inCall ? call(ending) : text();
    }
  }

  /** What has been said since. */
  private Told told() {
    Told all = new Told(told.toString(), List.copyOf(toldTokens));
    told.setLength(0);
    toldTokens.clear();
    return all;
  }

  private void say(int length) {
    if (length > 0) {
      told.append(held, 0, length);
      toldTokens.addAll(pass(length));
      fresh = false;
    }
  }

  private List<TokenTold> pass(int length) {
    List<TokenTold> tokens = heldTokens.pass(held.substring(0, length));
    held.delete(0, length);
    return tokens;
  }

  /** Tells what is certain to be text; true where what follows is taken for a call. */
  private boolean text() {
    int first = gap();
    int at = held.indexOf(format.opening());
    int length = format.opening().length();
    boolean bare = format.isBare() && fresh && first < held.length() && held.charAt(first) == '{';
    if (bare && (at < 0 || first < at)) {
      at = first;
      length = 0;
    }
    int certain = at < 0 ? held.length() - beginning() : at;
    // White space before a call belongs to the call.
    while (certain > 0 && (certain <= first || Character.isWhitespace(held.charAt(certain - 1)))) {
      certain--;
    }
    if (at < 0 && held.length() - certain > MOST_SPACE) {
      certain = held.length() - beginning();
    }
    say(certain);
    inCall = at >= 0;
    mark = at - certain + length;
    return inCall;
  }

  /** Characters at the beginning that part this from the call before. */
  private int gap() {
    int to = 0;
    while (fresh && to < held.length() && Character.isWhitespace(held.charAt(to))) {
      to++;
    }
    return to;
  }

  /** Characters at the end that may begin a mark. */
  private int beginning() {
    String opening = format.opening();
    int length = Math.min(opening.length() - 1, held.length());
    while (length > 0 && !opening.startsWith(held.substring(held.length() - length))) {
      length--;
    }
    return length;
  }

  /** Takes the call that is held; false while it is not whole. */
  private boolean call(Ending ending) {
    int from = skipSpace(mark);
    if (from - mark > MOST_SPACE) {
      return noCall();
    }
    if (from == held.length()) {
      return ending != Ending.OPEN && noCall();
    }
    if (held.charAt(from) != (format.isList() ? '[' : '{')) {
      return noCall();
    }
    int to = end.find(held, from);
    if (to < 0) {
      if (ending != Ending.OPEN) {
        // All that is left: whoever looked for another call in it would look at all of it again.
        say(held.length());
      }
      return false;
    }
    int closing = format.closing().isEmpty() ? to : skipSpace(to);
    String after = held.substring(closing);
    if (!after.startsWith(format.closing())) {
      boolean maybe = format.closing().startsWith(after) && closing - to <= MOST_SPACE;
      if (maybe && ending == Ending.OPEN) {
        return false;
      }
      if (!maybe || ending == Ending.CUT) {
        return noCall();
      }
    }
    List<ToolCall> read = json.read(held.substring(from, to));
    if (read.isEmpty()) {
      return noCall();
    }
    calls.addAll(calling == Calling.ONE ? read.subList(0, 1) : read);
    pass(Math.min(held.length(), closing + format.closing().length()));
    fresh = true;
    leaveCall();
    return true;
  }

  private int skipSpace(int from) {
    int at = from;
    while (at < held.length() && Character.isWhitespace(held.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The mark was text, or where there was none, the bracket; what follows may be a call. */
  private boolean noCall() {
    say(Math.min(held.length(), Math.max(mark, 1)));
    leaveCall();
    return true;
  }

  private void leaveCall() {
    inCall = false;
    mark = 0;
    end = new JsonEnd();
  }
}
