/**
 * Owns: HTTP API, sessions, limits, storage, chat and dashboard pages.
 *
 * <p>Must not know: {@code model}, {@code tensor}, {@code train}.
 *
 * <p>Start reading at: {@code Server}.
 */
@NullMarked
package dev.forefront.serve;

import org.jspecify.annotations.NullMarked;
