/**
 * Owns: architecture, configuration, weights on disk, adapters.
 *
 * <p>Must not know: text, optimizers, users.
 *
 * <p>Start reading at: {@code ModelConfig}.
 */
@NullMarked
package dev.forefront.model;

import org.jspecify.annotations.NullMarked;
