package dev.forefront.audit;

/**
 * An entry was not recorded: the disk is full or broken, the queue stayed full, or the log is
 * closed. What the entry is about must not happen.
 */
public final class AuditException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AuditException(String message) {
    super(message);
  }

  AuditException(String message, Throwable cause) {
    super(message, cause);
  }
}
