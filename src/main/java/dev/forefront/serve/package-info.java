/**
 * Owns: the HTTP interfaces, limits, conversations at rest, the pages.
 *
 * <p>Must not know: {@code model}, {@code tensor}, {@code train}, {@code align}.
 *
 * <p>Start reading at: {@link dev.forefront.serve.Server}.
 */
@NullMarked
package dev.forefront.serve;

import org.jspecify.annotations.NullMarked;
