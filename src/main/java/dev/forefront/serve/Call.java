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
 * @param connected whether the caller's connection is still open
 * @param id in the headers of the answer, in the record and in errors
 */
record Call(
    ServerRequest request,
    ServerResponse response,
    String id,
    Dialect dialect,
    BooleanSupplier connected) {

  static final HeaderName REQUEST_ID = HeaderNames.create("request-id");
  static final HeaderName X_REQUEST_ID = HeaderNames.create("x-request-id");
  static final HeaderName SHOULD_RETRY = HeaderNames.create("x-should-retry");
  private static final HeaderName RETRY_AFTER_MS = HeaderNames.create("retry-after-ms");
  private static final SecureRandom RANDOM = new SecureRandom();

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
