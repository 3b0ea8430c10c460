/**
 * Owns: supervised tuning, tuning by pairs of replies or by judged ones, reward models.
 *
 * <p>Must not know: {@code evaluate}, {@code guard}, held-out splits: the exam is not the syllabus.
 *
 * <p>Start reading at: {@code SupervisedTuning}.
 */
@NullMarked
package dev.forefront.align;

import org.jspecify.annotations.NullMarked;
