package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import org.jspecify.annotations.Nullable;

/**
 * One reply as the guard model reads it: the whole exchange so far, every so many tokens and at the
 * end. What it has not read is not judged, and stays.
 */
final class JudgedReply {
  // A piece is a token, but for models that speak in larger ones.
  private static final int LONGEST_TOKEN = 16;

  private final JudgeStage.Reading reading;
  private final int every;
  private final Conversation asked;
  private final StringBuilder said;
  private final int before;
  private int unjudged;
  private int judgedTo;

  /**
   * @param conversation what the reply answers
   * @param before what the reply continues
   */
  JudgedReply(JudgeStage stage, Conversation conversation, String before) {
    reading = stage.new Reading();
    every = stage.description().every();
    asked = conversation.asked();
    said = new StringBuilder(before);
    this.before = before.length();
    judgedTo = this.before;
  }

  /**
   * Takes the next text of the reply.
   *
   * @param pieces of which it consists
   * @param last whether it is the end
   * @return the block, or null
   */
  Verdict.@Nullable Block read(String fresh, int pieces, boolean last) {
    said.append(fresh);
    unjudged += pieces;
    int unread = said.length() - judgedTo;
    boolean due = last ? unread > 0 : unjudged >= every || unread >= every * LONGEST_TOKEN;
    if (!due) {
      return null;
    }
    Verdict.Block block = reading.judge(asked.plus(Message.assistant(said.toString())));
    unjudged = 0;
    judgedTo = said.length();
    return block;
  }

  /** Chars of the reply that were judged. */
  int judgedTo() {
    return judgedTo - before;
  }

  boolean suspicious() {
    return reading.suspicious();
  }
}
