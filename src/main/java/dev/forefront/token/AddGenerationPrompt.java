package dev.forefront.token;

/** Whether a rendered conversation ends where the model is to go on. */
public enum AddGenerationPrompt {
  /** The conversation is over: every turn is closed. For training. */
  NO,

  /**
   * The model speaks next: an assistant turn is opened, or, where the last message is the
   * assistant's, left open so that the model continues it.
   */
  YES
}
