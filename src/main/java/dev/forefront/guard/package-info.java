/**
 * Owns: verdicts on input and output, streaming hold-back, calibration.
 *
 * <p>Must not know: sessions, HTTP.
 *
 * <p>Start reading at: {@code Guard}.
 */
@NullMarked
package dev.forefront.guard;

import org.jspecify.annotations.NullMarked;
