package dev.forefront.token;

/** Whether a rendered conversation ends where the model is to go on. */
public enum AddGenerationPrompt {
  /** The conversation is over: every turn is closed. For training. */
  NO,

  /**
   * The model speaks next: an assistant turn is opened, or, where the last message is the
   * assistant's, left open so that the model continues it.
   */
  YES,

  /**
   * The model speaks next, about what was said: an assistant turn is opened, also after one of the
   * assistant's. For models that judge.
   */
  AFTER_ALL
}
