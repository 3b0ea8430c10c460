/**
 * Owns: the append-only, hash-chained, Merkle-provable record.
 *
 * <p>Must not know: what entries mean.
 *
 * <p>Start reading at: {@link AuditLog}.
 */
@NullMarked
package dev.forefront.audit;

import org.jspecify.annotations.NullMarked;
