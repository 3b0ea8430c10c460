package dev.forefront.audit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A witness on HTTP: {@code POST /add-checkpoint}, {@code GET /HASH/checkpoint} (C2SP
 * tlog-witness). Callers are not asked who they are: a checkpoint's own signature decides.
 */
public final class WitnessServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("forefront.audit");
  private static final int LARGEST = 1 << 16;
  private static final int THREADS = 8;
  private static final int WAITING = 64;
  private static final String MOST_SECONDS = "10";

  private final Witness witness;
  private final HttpServer server;
  private final ExecutorService threads;

  static {
    // Who begins a request and does not go on would keep a thread; read when the first server is
    // made.
    setUnlessGiven("sun.net.httpserver.maxReqTime");
    setUnlessGiven("sun.net.httpserver.maxRspTime");
  }

  private static void setUnlessGiven(String seconds) {
    if (System.getProperty(seconds) == null) {
      System.setProperty(seconds, MOST_SECONDS);
    }
  }

  private WitnessServer(Witness witness, HttpServer server) {
    this.witness = witness;
    this.server = server;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("forefront-witness-", 0).daemon().factory());
  }

  /**
   * @param port 0 takes a free one
   * @throws BadInputException where nothing can listen there
   */
  public static WitnessServer start(Witness witness, String host, int port) {
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(host, port), WAITING);
    } catch (IOException e) {
      throw new BadInputException(
          "no witness can listen on %s:%d: %s".formatted(host, port, e.getMessage()), e);
    }
    WitnessServer server = new WitnessServer(witness, http);
    http.setExecutor(server.threads);
    http.createContext("/", server::answer);
    http.start();
    return server;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Witness.Answer answer = answerTo(exchange);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange
          .getResponseHeaders()
          .set(
              "Content-Type",
              answer.status() == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Witness.Answer answerTo(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try {
      if (path.equals("/add-checkpoint")) {
        return exchange.getRequestMethod().equals("POST")
            ? add(exchange)
            : new Witness.Answer(405, "POST a checkpoint here\n");
      }
      Optional<String> note =
          path.matches("/[0-9a-f]{64}/checkpoint")
              ? witness.newest(path.substring(1, 65))
              : Optional.empty();
      return note.map(text -> new Witness.Answer(200, text))
          .orElseGet(() -> new Witness.Answer(404, "there is nothing here\n"));
    } catch (UncheckedIOException | BadInputException e) {
      LOG.log(System.Logger.Level.ERROR, "the witness's folder cannot be read or written", e);
      return new Witness.Answer(500, "the witness cannot read or write its folder\n");
    }
  }

  private Witness.Answer add(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST + 1);
    return body.length > LARGEST
        ? new Witness.Answer(400, "a request has at most 64 KB\n")
        : witness.add(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
