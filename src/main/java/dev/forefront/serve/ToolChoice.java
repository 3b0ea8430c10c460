package dev.forefront.serve;

/** Whether tools are to be called. */
sealed interface ToolChoice {
  /** The model decides. */
  record Auto() implements ToolChoice {}

  /** The model does not hear of them. */
  record None() implements ToolChoice {}

  /** One of them is. */
  record Required() implements ToolChoice {}

  /** This one is. */
  record Named(String tool) implements ToolChoice {}

  ToolChoice AUTO = new Auto();
}
