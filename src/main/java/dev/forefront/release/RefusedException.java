package dev.forefront.release;

import java.util.List;

/** The gate said no to something that was about to happen. The launcher exits with 3. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> reasons;

  RefusedException(String what, List<String> reasons) {
    super(what + " is refused: " + String.join("; ", reasons));
    this.reasons = List.copyOf(reasons);
  }

  public List<String> reasons() {
    return reasons;
  }
}
