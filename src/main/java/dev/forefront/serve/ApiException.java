package dev.forefront.serve;

import org.jspecify.annotations.Nullable;

/** A request that is answered with an error; the message is for the caller. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;
  private final @Nullable String field;

  private ApiException(Problem problem, @Nullable String field, String message) {
    super(message);
    this.problem = problem;
    this.field = field;
  }

  static ApiException of(Problem problem, String message) {
    return new ApiException(problem, null, message);
  }

  static ApiException invalid(String message) {
    return new ApiException(Problem.INVALID, null, message);
  }

  /**
   * @param field as in {@code messages.0.content}
   */
  static ApiException invalid(String field, String message) {
    return new ApiException(Problem.INVALID, field, field + ": " + message);
  }

  Problem problem() {
    return problem;
  }

  @Nullable String field() {
    return field;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
