/**
 * Owns: native memory, devices, dtypes, seeds; the only importer of {@code org.bytedeco}.
 *
 * <p>Must not know: transformers, tokens.
 *
 * <p>Start reading at: {@code Tensor}.
 */
@NullMarked
package dev.forefront.tensor;

import org.jspecify.annotations.NullMarked;
