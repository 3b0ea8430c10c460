/**
 * The built-in corpus: a small world, its talk, its hazards and its exams, from a seed.
 *
 * <p>Part of the room {@code data}.
 *
 * <p>Start reading at: {@code World}.
 */
@NullMarked
package dev.forefront.data.world;

import org.jspecify.annotations.NullMarked;
