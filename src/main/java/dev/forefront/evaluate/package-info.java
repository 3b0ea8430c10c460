/**
 * Owns: measuring any language model; reports with uncertainty; red team.
 *
 * <p>Must not know: how it was trained, who wants it released.
 *
 * <p>Start reading at: {@link dev.forefront.evaluate.Evaluation}.
 */
@NullMarked
package dev.forefront.evaluate;

import org.jspecify.annotations.NullMarked;
