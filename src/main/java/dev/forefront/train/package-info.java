/**
 * Owns: the loop, optimizers, schedules, checkpoints, lineage, the run's report.
 *
 * <p>Must not know: chat, policies.
 *
 * <p>Start reading at: {@code Trainer}.
 */
@NullMarked
package dev.forefront.train;

import org.jspecify.annotations.NullMarked;
