package dev.forefront.conversation;

import org.jspecify.annotations.Nullable;

/**
 * Something that a person gave is wrong: a file, a setting, a text. The message is one clear
 * sentence that says what, where and how to mend it; the launcher prints it and exits with 2, the
 * server answers 400 with it.
 */
public class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
