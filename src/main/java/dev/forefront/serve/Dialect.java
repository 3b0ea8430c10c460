package dev.forefront.serve;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How a caller wants to hear of errors. */
enum Dialect {
  ANTHROPIC,
  OPENAI;

  private static final HeaderName VERSION = HeaderNames.create("anthropic-version");

  /** By path; on the paths that both vendors use, by the header that only one of them sends. */
  static Dialect of(String path, Headers headers) {
    if (path.startsWith("/v1/chat/")) {
      return OPENAI;
    }
    return path.startsWith("/v1/models") && !headers.contains(VERSION) ? OPENAI : ANTHROPIC;
  }

  int status(Problem problem) {
    return switch (problem) {
      case INVALID -> 400;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case TOO_SLOW -> 408;
      case OVERLOADED -> this == ANTHROPIC ? 529 : 429;
      case UNRECORDED, STOPPED -> 503;
      case INTERNAL -> 500;
    };
  }

  private String type(Problem problem) {
    if (this == OPENAI) {
      return switch (problem) {
        case INVALID, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_LARGE, TOO_SLOW ->
            "invalid_request_error";
        case OVERLOADED -> "rate_limit_exceeded";
        case UNRECORDED, STOPPED, INTERNAL -> "server_error";
      };
    }
    return switch (problem) {
      case INVALID, CONFLICT, TOO_SLOW -> "invalid_request_error";
      case FORBIDDEN -> "permission_error";
      case NOT_FOUND -> "not_found_error";
      case TOO_LARGE -> "request_too_large";
      case OVERLOADED -> "overloaded_error";
      case UNRECORDED, STOPPED, INTERNAL -> "api_error";
    };
  }

  ObjectNode error(Problem problem, @Nullable String field, String message, String requestId) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    if (this == ANTHROPIC) {
      body.put("type", "error");
    }
    ObjectNode error = body.putObject("error");
    error.put("type", type(problem));
    error.put("message", message);
    if (this == OPENAI) {
      error.put("param", field);
      error.put("code", problem == Problem.STOPPED ? "stopped_by_board" : null);
    } else {
      body.put("request_id", requestId);
    }
    return body;
  }
}
