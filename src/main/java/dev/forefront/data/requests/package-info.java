/**
 * Owns: requests made by rule, harmful and harmless in the same words, for guards to learn from.
 *
 * <p>Must not know: guards, and the sets that measure them.
 *
 * <p>Start reading at: {@link dev.forefront.data.requests.Requests}.
 */
@NullMarked
package dev.forefront.data.requests;

import org.jspecify.annotations.NullMarked;
