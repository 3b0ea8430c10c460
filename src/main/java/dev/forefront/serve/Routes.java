package dev.forefront.serve;

import dev.forefront.audit.AuditLog;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.guard.Guard;
import dev.forefront.release.Release;
import io.helidon.http.Method;
import java.util.List;

/** Which path is answered by what. */
record Routes(List<Route> all, Doorkeeper doorkeeper) {

  record Route(Method method, String path, Call.Endpoint endpoint) {}

  static Routes of(
      Release release,
      LanguageModel model,
      Guard guard,
      AuditLog log,
      ServerSettings settings,
      Conversations conversations,
      BoardWatch board,
      Replies replies) {
    Bodies bodies = new Bodies(settings.load().bodyPatience());
    long mostBytes = settings.load().mostBodyBytes();
    Bounds bounds = Bounds.of(model);
    MessagesApi messages = new MessagesApi(release, replies, bodies, mostBytes, bounds);
    ChatApi chat = new ChatApi(release, replies, bodies, mostBytes, bounds);
    ModelsApi models = new ModelsApi(release, bounds.contextLength());
    StatusApi status = new StatusApi(release, guard, log, board, bounds);
    ConversationsApi kept = new ConversationsApi(conversations, bodies);
    RecordPages record =
        new RecordPages(release, log, settings.data().resolve("audit"), replies.askers());
    PageFiles files = new PageFiles();
    return new Routes(
        List.of(
            new Route(Method.POST, "/v1/messages", messages::create),
            new Route(Method.POST, "/v1/messages/count_tokens", messages::countTokens),
            new Route(Method.POST, "/v1/chat/completions", chat::create),
            new Route(Method.GET, "/v1/models", models::list),
            new Route(Method.GET, "/v1/models/{id}", models::get),
            new Route(Method.GET, "/api/status", status::status),
            new Route(Method.GET, "/api/conversations", kept::list),
            new Route(Method.POST, "/api/conversations", kept::create),
            new Route(Method.GET, "/api/conversations/{id}", kept::get),
            new Route(Method.PUT, "/api/conversations/{id}", kept::replace),
            new Route(Method.DELETE, "/api/conversations/{id}", kept::delete),
            new Route(Method.GET, "/api/audit", record::auditJson),
            new Route(Method.GET, "/audit", record::audit),
            new Route(Method.GET, "/report", record::report),
            new Route(Method.GET, "/health", status::health),
            new Route(Method.GET, "/", files::root),
            new Route(Method.GET, "/page/*", files::page),
            new Route(Method.GET, "/webjars/*", files::library)),
        Doorkeeper.of(settings.address(), files.index().orElseGet(() -> new byte[0])));
  }
}
