package dev.forefront.serve;

import dev.forefront.audit.AuditException;
import dev.forefront.audit.AuditLog;
import dev.forefront.audit.PersonalText;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Tenant;
import dev.forefront.conversation.TokenTold;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardedReply;
import dev.forefront.guard.GuardedReply.Outcome;
import dev.forefront.guard.Verdict;
import dev.forefront.release.Standing;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one way to a reply: a place among those written at once, an entry in the record, the guard,
 * the model, and another entry. Where the record cannot be written, nothing is asked or said.
 */
final class Replies {
  // No token of any tokenizer is as long on average: what has more bytes than this for each place
  // of the context is refused before anyone reads it.
  private static final long BYTES_PER_TOKEN = 256;
  private static final System.Logger LOG = System.getLogger("forefront.serve");

  private final LanguageModel model;
  private final GuardedReply guarded;
  private final AuditLog log;
  private final Places places;
  private final ServerSettings settings;
  private final BoardWatch board;
  private final Versions versions;
  private final Askers askers = new Askers();
  private final Set<Presence> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  Replies(
      LanguageModel model,
      GuardedReply guarded,
      Guard guard,
      AuditLog log,
      ServerSettings settings,
      Versions versions,
      BoardWatch board) {
    if (settings.load().mostReplies() > guard.settings().threads()) {
      throw new IllegalArgumentException(
          "the guard judges %d replies at once, fewer than the %d that may be written"
              .formatted(guard.settings().threads(), settings.load().mostReplies()));
    }
    this.model = model;
    this.guarded = guarded;
    this.log = log;
    this.settings = settings;
    this.board = board;
    this.versions = versions;
    places = new Places(settings.load().mostReplies());
    board.onStop(order -> running.forEach(presence -> presence.stop(order)));
  }

  Askers askers() {
    return askers;
  }

  /** Hears a reply, on the thread that asked for it. */
  interface Hearer {
    /**
     * The request is recorded and the reply begins.
     *
     * @throws UncheckedIOException where the caller has gone; also from the others
     */
    void begins(int promptTokens);

    /**
     * A piece that an allow verdict covers.
     *
     * @param tokens that it completes, where the sampling asks for them
     */
    void allowed(String text, List<TokenTold> tokens);

    /** When the caller hears what was allowed. */
    default Telling telling() {
      return Telling.AT_ONCE;
    }

    /** Now and then while nothing else happens; on another thread. */
    default void pulse() {}
  }

  /** When a caller hears of a reply. */
  enum Telling {
    /** Piece by piece: each verdict is recorded before its bytes leave. */
    AT_ONCE,
    /** When its end is recorded, with all verdicts. */
    AT_THE_END
  }

  /**
   * Writes a reply and returns when it has ended and its end is recorded.
   *
   * @param api name for the record
   * @throws ApiException where the conversation is too long, all places are taken, the record
   *     cannot be written, the caller has gone, or the model failed
   */
  Ended write(Call call, String api, Asked asked, Hearer hearer) {
    try {
      guarded.check(asked.sampling());
    } catch (BadInputException cannot) {
      throw ApiException.invalid(String.valueOf(cannot.getMessage()));
    }
    requireReadable(asked.conversation());
    Tenant tenant = call.tenant();
    takePlace(tenant);
    try {
      int promptTokens = tokens(asked.conversation());
      if (promptTokens >= model.contextLength()) {
        throw ApiException.invalid(
            String.valueOf(
                new PromptTooLongException(promptTokens, model.contextLength()).getMessage()));
      }
      askers.asked(call.id(), tenant);
      ReplyRecord entry = new ReplyRecord(call.id(), call.caller(), versions, settings.recording());
      record(
          "request", entry.request(api, asked.conversation()), entry.asked(asked.conversation()));
      Ended ended;
      try {
        ended = write(call, tenant, asked, hearer, promptTokens, entry);
      } finally {
        entry.answered().ifPresent(text -> record("reply.text", entry.text(), text));
      }
      // What is told at the end has not left yet, and recording it may have taken a while.
      return ended instanceof Ended.Guarded(Outcome outcome, _, _)
              && board.now() instanceof Standing.Stopped order
          ? stopped(order, promptTokens, outcome, entry)
          : ended;
    } finally {
      places.leave();
    }
  }

  /**
   * Tokens of a conversation.
   *
   * @throws ApiException where it is far longer than the model's context
   */
  int countTokens(Conversation conversation) {
    requireReadable(conversation);
    return tokens(conversation);
  }

  private int tokens(Conversation conversation) {
    try {
      return model.countTokens(conversation);
    } catch (BadInputException refused) {
      throw ApiException.invalid("messages", String.valueOf(refused.getMessage()));
    }
  }

  /** Looked at before anyone waits, so that what waits is no larger than what can be answered. */
  private void requireReadable(Conversation conversation) {
    long bytes = 0;
    for (Message message : conversation.messages()) {
      bytes += message.content().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > BYTES_PER_TOKEN * model.contextLength()) {
      throw ApiException.invalid(
          "the conversation has %,d bytes, far more than the model's context of %,d tokens holds: shorten it or start a new one"
              .formatted(bytes, model.contextLength()));
    }
  }

  private Ended write(
      Call call, Tenant tenant, Asked asked, Hearer hearer, int promptTokens, ReplyRecord entry) {
    Outcome outcome;
    Presence presence = Presence.watch(call.connected(), hearer::pulse);
    running.add(presence);
    try {
      if (closing) {
        presence.leave();
      }
      if (board.now() instanceof Standing.Stopped order) {
        presence.stop(order);
      }
      presence.tell(() -> hearer.begins(promptTokens));
      outcome =
          guarded.write(
              tenant,
              asked.conversation(),
              asked.sampling(),
              new GuardedReply.Sink() {
                @Override
                public Next allowed(Verdict.Allow verdict, String text) {
                  return allowed(verdict, text, List.of());
                }

                @Override
                public Next allowed(Verdict.Allow verdict, String text, List<TokenTold> tokens) {
                  return tell(verdict, text, tokens, asked.calls(), hearer, presence, entry);
                }
              });
      tellRest(outcome, asked.calls(), hearer, presence, entry);
    } catch (RuntimeException | Error e) {
      return broken(e, call, promptTokens, presence, entry);
    }
    leave(presence);
    Optional<Standing.Stopped> order = presence.stopped();
    if (presence.isGone()) {
      record("reply", entry.cancelled(promptTokens));
      throw gone();
    }
    if (order.isPresent()) {
      return stopped(order.get(), promptTokens, outcome, entry);
    }
    List<ToolCall> made = outcome instanceof Outcome.Finished ? asked.calls().made() : List.of();
    entry.called(made);
    record("reply", entry.ended(outcome, promptTokens));
    return new Ended.Guarded(outcome, promptTokens, made);
  }

  private Ended stopped(
      Standing.Stopped order, int promptTokens, Outcome outcome, ReplyRecord entry) {
    int replyTokens =
        switch (outcome) {
          case Outcome.Finished finished -> finished.reply().replyTokens();
          case Outcome.Refused refused -> refused.replyTokens();
        };
    record("reply", entry.stopped(order, promptTokens, replyTokens));
    return new Ended.Stopped(order, promptTokens, replyTokens);
  }

  private Ended broken(
      Throwable thrown, Call call, int promptTokens, Presence presence, ReplyRecord entry) {
    boolean left =
        presence.isGone()
            || !call.connected().getAsBoolean()
            || thrown instanceof UncheckedIOException;
    leave(presence);
    if (left) {
      record("reply", entry.cancelled(promptTokens));
      throw gone();
    }
    if (presence.stopped().isPresent()) {
      Standing.Stopped order = presence.stopped().get();
      record("reply", entry.stopped(order, promptTokens, 0));
      return new Ended.Stopped(order, promptTokens, 0);
    }
    record("reply", entry.failed(promptTokens));
    LOG.log(System.Logger.Level.ERROR, "reply to " + call.id() + " failed", thrown);
    throw ApiException.of(Problem.INTERNAL, "the reply failed; see the server's log");
  }

  /** Notes what a verdict covers, durably where the caller hears it at once; then tells it. */
  private Next tell(
      Verdict.Allow verdict,
      String text,
      List<TokenTold> tokens,
      Calls calls,
      Hearer hearer,
      Presence presence,
      ReplyRecord entry) {
    if (isEnding(presence)) {
      return Next.STOP;
    }
    entry.allowed(verdict, text);
    if (hearer.telling() == Telling.AT_ONCE) {
      record("verdict", entry.verdict(verdict));
      if (isEnding(presence)) {
        return Next.STOP;
      }
    }
    Next next = tell(hearer, calls.take(text, tokens), presence, entry);
    return calls.wantsMore() ? next : Next.STOP;
  }

  /** What was kept back because it might have been a call: allowed and recorded it is already. */
  private void tellRest(
      Outcome outcome, Calls calls, Hearer hearer, Presence presence, ReplyRecord entry) {
    if (outcome instanceof Outcome.Finished finished) {
      Calls.Told rest = calls.finish(finished.reply().stop());
      if (!isEnding(presence)) {
        tell(hearer, rest, presence, entry);
      }
    }
  }

  private boolean isEnding(Presence presence) {
    if (board.now() instanceof Standing.Stopped order) {
      presence.stop(order);
    }
    return presence.isEnding();
  }

  private static Next tell(Hearer hearer, Calls.Told words, Presence presence, ReplyRecord entry) {
    if (words.text().isEmpty()) {
      return Next.CONTINUE;
    }
    entry.told(words.tokens());
    try {
      presence.tell(() -> hearer.allowed(words.text(), words.tokens()));
      return Next.CONTINUE;
    } catch (UncheckedIOException broken) {
      presence.leave();
      return Next.STOP;
    }
  }

  private ApiException gone() {
    return ApiException.of(
        Problem.OVERLOADED,
        closing ? "the server is stopping" : "the caller has closed the connection");
  }

  private void leave(Presence presence) {
    running.remove(presence);
    presence.close();
  }

  private void takePlace(Tenant tenant) {
    if (!log.isHealthy()) {
      throw unrecorded();
    }
    if (board.look() instanceof Standing.Stopped order) {
      throw ApiException.of(Problem.STOPPED, Notice.sentence(order));
    }
    try {
      if (!closing && places.take(tenant, settings.load().patience())) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw ApiException.of(
        Problem.OVERLOADED,
        closing
            ? "the server is stopping"
            : "%d replies are being written already: try again in a moment"
                .formatted(settings.load().mostReplies()));
  }

  private void record(String kind, Map<String, ?> fields) {
    record(kind, fields, PersonalText.NONE);
  }

  private void record(String kind, Map<String, ?> fields, PersonalText text) {
    try {
      log.append(kind, fields, text);
    } catch (AuditException e) {
      LOG.log(System.Logger.Level.ERROR, "nothing is said any more", e);
      throw unrecorded();
    }
  }

  private static ApiException unrecorded() {
    return ApiException.of(
        Problem.UNRECORDED,
        "the audit log cannot be written, so nothing is answered: see the server's log");
  }

  /** Ends all replies; those asked for later are refused. */
  void close() {
    closing = true;
    running.forEach(Presence::leave);
    try {
      // Each records its end before it leaves its place.
      if (!places.areLeft(Duration.ofSeconds(5))) {
        LOG.log(System.Logger.Level.WARNING, "some replies did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
