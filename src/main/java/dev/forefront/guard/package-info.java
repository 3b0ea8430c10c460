/**
 * Owns: verdicts on input and output, streaming hold-back, calibration.
 *
 * <p>Must not know: sessions, HTTP.
 *
 * <p>Start reading at: {@link dev.forefront.guard.Guard}.
 */
@NullMarked
package dev.forefront.guard;

import org.jspecify.annotations.NullMarked;
