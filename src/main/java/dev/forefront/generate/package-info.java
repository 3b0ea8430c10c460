/**
 * Owns: decoding: scheduler, key/value cache, sampler, and the backends.
 *
 * <p>Must not know: HTTP, policy.
 *
 * <p>Start reading at: {@code Engine}.
 */
@NullMarked
package dev.forefront.generate;

import org.jspecify.annotations.NullMarked;
