package dev.forefront.serve;

import dev.forefront.conversation.Tenant;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request with its answer.
 *
 * @param connection that it came on
 * @param id in the headers of the answer, in the record and in errors
 */
record Call(
    ServerRequest request,
    ServerResponse response,
    String id,
    Dialect dialect,
    Connection connection) {

  static final HeaderName REQUEST_ID = HeaderNames.create("request-id");
  static final HeaderName X_REQUEST_ID = HeaderNames.create("x-request-id");
  static final HeaderName SHOULD_RETRY = HeaderNames.create("x-should-retry");
  private static final HeaderName RETRY_AFTER_MS = HeaderNames.create("retry-after-ms");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What is known of a caller's connection, and asked of it. */
  interface Connection {
    /** Whether the other side still listens, as far as the network has told. */
    boolean isOpen();

    /** What has not come by this {@link System#nanoTime} does not come any more. */
    void readUntil(long nanos);

    /** Nobody waits for a body: the next request may take its time. */
    void readAtLeisure();
  }

  /** Answers one kind of request. */
  @FunctionalInterface
  interface Endpoint {
    void answer(Call call);
  }

  static String newId(String prefix) {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether the caller's connection is still open. */
  BooleanSupplier connected() {
    return connection::isOpen;
  }

  /** The address that the request came from. */
  String caller() {
    return request.remotePeer().host();
  }

  /** On whose behalf the model is asked. */
  Tenant tenant() {
    return Tenants.of(caller(), request.headers());
  }

  void send(int status, ObjectNode body) {
    sendJson(status, body.toString());
  }

  private void sendJson(int status, String json) {
    response.status(status).header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(json.getBytes(StandardCharsets.UTF_8));
  }

  void sendError(ApiException failure) {
    if (failure.problem().isFinal()) {
      response.header(SHOULD_RETRY, "false");
    }
    if (failure.problem() == Problem.OVERLOADED) {
      response.header(SHOULD_RETRY, "true").header(RETRY_AFTER_MS, "1000");
    }
    send(
        dialect.status(failure.problem()),
        dialect.error(failure.problem(), failure.field(), failure.sentence(), id));
  }
}
