package dev.forefront.tensor;

/**
 * A rank of the group has ended or gives no sign of life, so that nothing more can be computed
 * together. The message names it.
 */
public final class RankLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RankLostException(String message) {
    super(message);
  }
}
