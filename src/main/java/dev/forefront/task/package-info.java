/**
 * Owns: samples, scoring, and the splits (training, held-out).
 *
 * <p>Must not know: which model answers.
 *
 * <p>Start reading at: {@code Task}.
 */
@NullMarked
package dev.forefront.task;

import org.jspecify.annotations.NullMarked;
