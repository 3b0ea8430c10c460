package dev.forefront.audit;

import dev.forefront.conversation.VerifyingKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an auditor knows from elsewhere. Without it, whoever holds the log's folder and its key
 * could have written all of it anew.
 *
 * @param publicKey the key that must have signed, or null for the one that the log names
 * @param checkpoints notes kept earlier on another machine; the log must still contain their
 *     history
 * @param witnesses who must have cosigned; the checkpoints that they cosigned lie beside the log
 */
public record Pins(
    @Nullable VerifyingKey publicKey, List<Checkpoint> checkpoints, WitnessPolicy witnesses) {
  public static final Pins NONE = new Pins(null, List.of());

  public Pins {
    checkpoints = List.copyOf(checkpoints);
  }

  public Pins(@Nullable VerifyingKey publicKey, List<Checkpoint> checkpoints) {
    this(publicKey, checkpoints, WitnessPolicy.NONE);
  }
}
