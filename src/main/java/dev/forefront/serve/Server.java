package dev.forefront.serve;

import dev.forefront.audit.AuditLog;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardedReply;
import dev.forefront.release.Release;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Serves one release on HTTP, behind its guard and into the record. There is no way to give it a
 * model: it opens the release's own, and checks the release again once that is loaded.
 *
 * <p>Safe to use from any thread.
 */
public final class Server implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("forefront.serve");

  private final Release release;
  private final LanguageModel model;
  private final AuditLog log;
  private final ServerSettings settings;
  private final Conversations conversations;
  private final BoardWatch board;
  private final Replies replies;
  private final Listener listener;
  private boolean closed;

  private Server(
      Release release,
      LanguageModel model,
      AuditLog log,
      ServerSettings settings,
      Conversations conversations,
      BoardWatch board,
      Replies replies,
      Listener listener) {
    this.release = release;
    this.model = model;
    this.log = log;
    this.settings = settings;
    this.conversations = conversations;
    this.board = board;
    this.replies = replies;
    this.listener = listener;
  }

  /**
   * Loads the release's model, checks that the bytes it was loaded from are those that were signed,
   * and listens.
   *
   * @param log stays the caller's to close, after the server
   * @throws dev.forefront.release.RefusedException where a file has changed
   * @throws BadInputException where the port is taken, the host is not this machine's, or the
   *     guard's probe was not trained on this model
   */
  public static Server start(Release release, Guard guard, AuditLog log, ServerSettings settings) {
    Listener.quieten();
    // The database takes about as long as the model; neither needs the other.
    FutureTask<Conversations> opening = new FutureTask<>(() -> conversations(settings));
    Thread.ofPlatform().name("forefront-conversations").daemon().start(opening);
    try {
      LoadedFiles loaded = new LoadedFiles();
      Engine engine = Engine.open(release.modelFolder(), loaded);
      try {
        release.requireUnchanged(loaded.hashes());
        engine.keepPrompts(settings.promptsKept());
        return start(release, engine, guard, log, settings, opened(opening));
      } catch (RuntimeException | Error e) {
        engine.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      closeWhenOpened(opening);
      throw e;
    }
  }

  private static Conversations conversations(ServerSettings settings) {
    return Conversations.open(settings.data().resolve("conversations.db"), settings.room());
  }

  private static Conversations opened(FutureTask<Conversations> opening) {
    try {
      return opening.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the server started", e);
    }
  }

  private static void closeWhenOpened(FutureTask<Conversations> opening) {
    try {
      opened(opening).close();
    } catch (RuntimeException e) {
      // It did not open, and why the server does not start is said already.
      LOG.log(System.Logger.Level.DEBUG, "no conversations to close", e);
    }
  }

  /** With a model that answers by script: for tests alone. */
  static Server start(
      Release release, LanguageModel model, Guard guard, AuditLog log, ServerSettings settings) {
    Listener.quieten();
    Conversations conversations = conversations(settings);
    try {
      return start(release, model, guard, log, settings, conversations);
    } catch (RuntimeException | Error e) {
      conversations.close();
      throw e;
    }
  }

  private static Server start(
      Release release,
      LanguageModel model,
      Guard guard,
      AuditLog log,
      ServerSettings settings,
      Conversations conversations) {
    Versions versions = Versions.of(release);
    // Refuses a guard whose probe is for another model, before the record says that it serves.
    GuardedReply guarded = new GuardedReply(model, guard);
    log.append("server.start", started(release, guard, versions, settings));
    BoardWatch board = BoardWatch.start(release::standing, log, release.name());
    Replies replies;
    Listener listener;
    try {
      replies = new Replies(model, guarded, guard, log, settings, versions, board);
      listener =
          Listener.open(
              settings.address(),
              Routes.of(release, model, guard, log, settings, conversations, board, replies));
    } catch (RuntimeException e) {
      board.close();
      log.append("server.stop", Map.of("release", release.name(), "reason", "did not listen"));
      throw e;
    }
    return new Server(release, model, log, settings, conversations, board, replies, listener);
  }

  private static Map<String, ?> started(
      Release release, Guard guard, Versions versions, ServerSettings settings) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("release", release.name());
    fields.put("model_digest", release.modelDigest());
    fields.put("policy", release.policyName());
    fields.put("policy_digest", release.policyDigest());
    fields.put("board", release.boardName());
    fields.put("demo_board", release.isDemoBoard());
    fields.put("signers", release.signers());
    fields.put("guard", release.guardFolder().isPresent() ? "released" : "built-in");
    fields.put("guard_digest", versions.guardDigest());
    guard
        .model()
        .ifPresent(
            model -> {
              fields.put("guard_model", model.release());
              fields.put("guard_model_digest", model.model());
            });
    fields.put("recording", settings.recording().name().toLowerCase(Locale.ROOT));
    fields.put("guard_hold_back", guard.settings().holdBack());
    fields.put("host", settings.address().host());
    return fields;
  }

  public Release release() {
    return release;
  }

  /** The port that it listens on. */
  public int port() {
    return listener.port();
  }

  /** Where the chat page is. */
  public URI url() {
    String host =
        Doorkeeper.isLoopback(settings.address().host()) ? "localhost" : settings.address().host();
    return URI.create("http://" + host + ":" + port() + "/");
  }

  /** Ends the replies that are being written, records that, and lets everything go. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      replies.close();
      board.close();
      listener.close();
      if (log.isHealthy()) {
        log.append("server.stop", Map.of("release", release.name(), "reason", "asked to"));
      }
    } finally {
      model.close();
      conversations.close();
    }
  }
}
