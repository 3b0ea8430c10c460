/**
 * Owns: one class per verb; the only composition root.
 *
 * <p>Must not know: any logic worth a unit test.
 *
 * <p>Start reading at: {@link Main}.
 */
@NullMarked
package dev.forefront.cli;

import org.jspecify.annotations.NullMarked;
