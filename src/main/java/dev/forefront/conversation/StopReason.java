package dev.forefront.conversation;

/** Why a reply ended. */
public enum StopReason {
  /** The model ended its turn by itself. */
  END_OF_TURN,
  /** {@link Sampling#maxTokens} were written. */
  MAX_TOKENS,
  /** One of {@link Sampling#stops} was written. */
  STOP_TEXT,
  /** Prompt and reply fill the model's context. */
  CONTEXT_FULL,
  /** The listener asked to stop. */
  CANCELLED
}
