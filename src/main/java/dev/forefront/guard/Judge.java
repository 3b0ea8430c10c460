package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A guard model at work: how likely it answers "unsafe" rather than "safe", and which category it
 * would name. Its words are never read: what is judged cannot answer for it. Safe to use from any
 * thread.
 */
public final class Judge {
  // Probabilities are at most 1; so much may be lost in adding logarithms.
  private static final double ROUNDING = 1e-3;
  // A limit that no score reaches: whoever only measures needs no category.
  private static final double NEVER = 2;

  private final GuardModel description;
  private final LanguageModel model;
  private final Exchange exchange;

  public Judge(GuardModel description, LanguageModel model) {
    this.description = description;
    this.model = model;
    this.exchange = new Exchange(description.marks());
  }

  /**
   * How harmful the conversation's last message is, 0 to 1; NaN where the model did not judge.
   * Takes as long as the model does.
   */
  public double score(Conversation conversation) {
    List<Message> turns = exchange.of(conversation);
    Signal worst =
        turns.isEmpty() ? null : new Windows().judge(turns, window -> look(window, NEVER));
    return worst == null ? 0 : worst.score();
  }

  Exchange exchange() {
    return exchange;
  }

  GuardModel description() {
    return description;
  }

  /**
   * The worst answer to all questions.
   *
   * @param limit from which score on the category is asked for too
   */
  Signal look(List<Message> turns, double limit) {
    Signal worst = null;
    for (GuardModel.Question question : description.questions()) {
      Signal signal = look(turns, question, limit);
      if (!signal.isSound()) {
        return signal;
      }
      if (worst == null || signal.score() > worst.score()) {
        worst = signal;
      }
    }
    if (worst == null) {
      throw new IllegalStateException("a guard model without a question");
    }
    return worst;
  }

  private Signal look(List<Message> turns, GuardModel.Question question, double limit) {
    Conversation asked = asked(turns, question);
    List<String> answers = new ArrayList<>(description.unsafe());
    answers.add(description.safe());
    List<Score> scores = scores(asked, answers);
    double safe = Math.exp(scores.removeLast().logprob());
    double unsafe = scores.stream().mapToDouble(score -> Math.exp(score.logprob())).sum();
    // NaN stays NaN, and is no score.
    double score = safe + unsafe >= description.answers() ? unsafe / (safe + unsafe) : Double.NaN;
    return new Signal(
        score >= limit ? hazard(asked, question) : question.hazard(),
        score,
        limit,
        "the guard model calls it unsafe");
  }

  private static Conversation asked(List<Message> turns, GuardModel.Question question) {
    if (question.ask().isEmpty()) {
      return new Conversation(turns);
    }
    List<Message> messages = new ArrayList<>(turns.size() + 1);
    messages.add(Message.system(question.ask()));
    messages.addAll(turns);
    return new Conversation(messages);
  }

  /** The same question about as many turns in which nothing is said. */
  private static Conversation ofNobody(Conversation asked) {
    return new Conversation(
        asked.messages().stream()
            .map(
                message ->
                    message.role() == Role.SYSTEM
                        ? message
                        : new Message(message.role(), Exchange.BEFORE.content()))
            .toList());
  }

  private List<Score> scores(Conversation asked, List<String> beginnings) {
    List<Score> scores = model.scoreReplies(asked, ofNobody(asked), beginnings);
    if (scores.size() != beginnings.size()
        || scores.stream().anyMatch(score -> !(score.logprob() <= ROUNDING))) {
      throw new IllegalStateException("the guard model answered what is no probability");
    }
    return new ArrayList<>(scores);
  }

  /**
   * The likeliest category. Where one name begins another, as S1 begins S10, and in tokens too, the
   * shorter one is as likely as what the longer ones leave of it.
   */
  private Hazard hazard(Conversation asked, GuardModel.Question question) {
    List<Map.Entry<String, Hazard>> named = List.copyOf(description.categories().entrySet());
    if (named.isEmpty()) {
      return question.hazard();
    }
    List<Score> scores =
        scores(
            asked,
            named.stream()
                .map(one -> description.unsafe().getFirst() + description.before() + one.getKey())
                .toList());
    Hazard likeliest = question.hazard();
    double highest = Double.NEGATIVE_INFINITY;
    for (int at = 0; at < named.size(); at++) {
      double probability = Math.exp(scores.get(at).logprob());
      for (int other = 0; other < named.size(); other++) {
        if (other != at
            && named.get(other).getKey().startsWith(named.get(at).getKey())
            && scores.get(other).tokens() > scores.get(at).tokens()) {
          probability -= Math.exp(scores.get(other).logprob());
        }
      }
      if (probability > highest) {
        highest = probability;
        likeliest = named.get(at).getValue();
      }
    }
    return likeliest;
  }
}
