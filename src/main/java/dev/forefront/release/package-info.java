/**
 * Owns: policy, gate, board, signatures, registry; files and digests only.
 *
 * <p>Must not know: tensors, servers.
 *
 * <p>Start reading at: {@link Gate}.
 */
@NullMarked
package dev.forefront.release;

import org.jspecify.annotations.NullMarked;
