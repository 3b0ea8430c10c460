package dev.forefront.release;

/** Whether a release may be served at this moment. There is no third answer. */
public sealed interface Standing {

  /** Nothing speaks against it. */
  record Serving() implements Standing {}

  /**
   * It must not say another byte.
   *
   * @param reason why, in one sentence
   * @param by the board member who stopped it; empty where no person did, such as where the
   *     registry cannot be read
   */
  record Stopped(String reason, String by) implements Standing {}
}
