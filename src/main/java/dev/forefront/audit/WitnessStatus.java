package dev.forefront.audit;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with one witness of a log that is being written.
 *
 * @param name of its key
 * @param size entries that it has cosigned; 0 where none yet
 * @param time of that cosignature, by the witness's clock, or null
 * @param failure why it did not cosign the newest checkpoint; empty where it did, or was not asked
 *     yet
 */
public record WitnessStatus(String name, long size, @Nullable Instant time, String failure) {

  public Optional<Instant> cosignedAt() {
    return Optional.ofNullable(time);
  }
}
