package dev.forefront.serve;

import dev.forefront.conversation.BadInputException;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The web server: one virtual thread for each connection. */
final class Listener implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 1_024;
  private static final int MOST_REQUESTS = 512;
  private static final System.Logger LOG = System.getLogger("forefront.serve");
  // Loggers are only kept while someone holds them.
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("io.helidon"),
          Logger.getLogger("com.zaxxer.hikari"),
          Logger.getLogger("org.flywaydb"));

  private final WebServer server;

  private Listener(WebServer server) {
    this.server = server;
  }

  /** Libraries speak up when something is wrong, and are silent otherwise. */
  static void quieten() {
    QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
  }

  /**
   * @throws BadInputException where the port is taken or the host is not this machine's
   */
  static Listener open(ServerSettings.Address address, Routes routes) {
    requireFree(address);
    WebServer server =
        WebServer.builder()
            .host(address.host())
            .port(address.port())
            .shutdownHook(false)
            .shutdownGracePeriod(Duration.ofMillis(500))
            .maxTcpConnections(MOST_CONNECTIONS)
            .maxConcurrentRequests(MOST_REQUESTS)
            .connectionOptions(options -> options.tcpNoDelay(true).socketKeepAlive(true))
            .protocolsDiscoverServices(false)
            .addConnectionSelector(
                new WatchedConnections(
                    Http1ConnectionSelector.builder()
                        .config(http -> http.addReceiveListener(new Sockets()))
                        .build()))
            .directHandlers(direct(routes.doorkeeper()))
            .routing(routing -> route(routing, routes))
            .build();
    return new Listener(server.start());
  }

  /** The web server itself does not tell why it did not start. */
  private static void requireFree(ServerSettings.Address address) {
    try (ServerSocket probe = new ServerSocket()) {
      InetAddress host = InetAddress.getByName(address.host());
      probe.bind(new InetSocketAddress(host, address.port()));
    } catch (UnknownHostException e) {
      throw new BadInputException(
          "%s is no name or address of this machine: choose another with --host"
              .formatted(address.host()),
          e);
    } catch (IOException e) {
      throw new BadInputException(
          String.valueOf(e.getMessage()).contains("in use")
              ? "port %d is taken: end what listens there or choose another with --port"
                  .formatted(address.port())
              : "%s port %d cannot be listened on (%s): choose others with --host and --port"
                  .formatted(address.host(), address.port(), e.getMessage()),
          e);
    }
  }

  private static void route(HttpRouting.Builder routing, Routes routes) {
    routing.addFilter(
        (chain, request, response) -> {
          String id = Call.newId("req_");
          response.header(Call.REQUEST_ID, id).header(Call.X_REQUEST_ID, id);
          routes.doorkeeper().headers().forEach(response::header);
          chain.proceed();
          if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            // The web server says that it will close the connection, and waits for the caller to.
            throw new CloseConnectionException("the caller asked to close the connection");
          }
        });
    for (Routes.Route route : routes.all()) {
      routing.route(
          route.method(),
          route.path(),
          (request, response) ->
              answer(call(request, response), routes.doorkeeper(), route.endpoint()));
    }
    routing.any(
        (request, response) ->
            answer(
                call(request, response),
                routes.doorkeeper(),
                call -> {
                  throw ApiException.of(Problem.NOT_FOUND, "there is nothing at this path");
                }));
  }

  private static Call call(ServerRequest request, ServerResponse response) {
    return new Call(
        request,
        response,
        response.headers().get(Call.REQUEST_ID).get(),
        Dialect.of(request.path().absolute().path(), request.headers()),
        Sockets.current());
  }

  private static void answer(Call call, Doorkeeper doorkeeper, Call.Endpoint endpoint) {
    try {
      doorkeeper.check(call.request().headers());
      endpoint.answer(call);
    } catch (ApiException e) {
      requireCaller(call, e);
      if (!call.response().isSent()) {
        call.sendError(e);
      }
    } catch (CloseConnectionException e) {
      throw e;
    } catch (RuntimeException e) {
      requireCaller(call, e);
      LOG.log(System.Logger.Level.ERROR, "request " + call.id() + " failed", e);
      if (!call.response().isSent()) {
        call.sendError(
            ApiException.of(Problem.INTERNAL, "the request failed; see the server's log"));
      }
    }
  }

  /** Where the connection broke, nobody is left to tell. */
  private static void requireCaller(Call call, RuntimeException failure) {
    boolean broken =
        failure instanceof UncheckedIOException || failure instanceof ServerConnectionException;
    if (broken || !call.connected().getAsBoolean()) {
      throw new CloseConnectionException("the caller has gone", failure);
    }
  }

  /** What never reaches a route: requests that are no HTTP, or too many of them. */
  private static DirectHandlers direct(Doorkeeper doorkeeper) {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(type, new Direct(doorkeeper));
    }
    return handlers.build();
  }

  private record Direct(Doorkeeper doorkeeper) implements DirectHandler {
    @Override
    public TransportResponse handle(
        TransportRequest request,
        EventType type,
        Status status,
        ServerResponseHeaders headers,
        Throwable thrown,
        System.Logger logger) {
      if (type == EventType.INTERNAL_ERROR && !isBrokenConnection(thrown)) {
        LOG.log(System.Logger.Level.WARNING, "request failed", thrown);
      }
      String message =
          type == EventType.INTERNAL_ERROR ? "the request failed" : thrown.getMessage();
      return handle(request, type, status, headers, String.valueOf(message));
    }

    @Override
    public TransportResponse handle(
        TransportRequest request,
        EventType type,
        Status status,
        ServerResponseHeaders headers,
        String message) {
      return direct(doorkeeper.headers(), request, status, headers, message);
    }

    /** Callers may leave at any time; that is nothing to report. */
    private static boolean isBrokenConnection(Throwable thrown) {
      for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
        if (cause instanceof IOException) {
          return true;
        }
      }
      return false;
    }
  }

  private static DirectHandler.TransportResponse direct(
      Map<String, String> always,
      DirectHandler.TransportRequest request,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    Problem problem =
        switch (status.code()) {
          case 413 -> Problem.TOO_LARGE;
          case 404, 405 -> Problem.NOT_FOUND;
          case 403 -> Problem.FORBIDDEN;
          case 429, 503 -> Problem.OVERLOADED;
          case 500 -> Problem.INTERNAL;
          default -> Problem.INVALID;
        };
    Dialect dialect = Dialect.of(request.path(), request.headers());
    String id = headers.first(Call.REQUEST_ID).orElseGet(() -> Call.newId("req_"));
    always.forEach((name, value) -> headers.set(HeaderNames.create(name), value));
    headers.set(Call.REQUEST_ID, id);
    headers.set(Call.X_REQUEST_ID, id);
    headers.set(HeaderNames.CONTENT_TYPE, "application/json");
    if (problem.isFinal()) {
      headers.set(Call.SHOULD_RETRY, "false");
    }
    return DirectHandler.TransportResponse.builder()
        .status(Status.create(dialect.status(problem)))
        .headers(headers)
        .entity(dialect.error(problem, null, message, id).toString())
        .build();
  }

  /** Remembers the connection of the request that a connection's thread is at. */
  private static final class Sockets implements Http1ConnectionListener {
    private static final ThreadLocal<WatchedConnections.Watched> CURRENT = new ThreadLocal<>();

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
      CURRENT.set((WatchedConnections.Watched) context);
    }

    static Call.Connection current() {
      return CURRENT.get();
    }
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }
}
