/**
 * Owns: corpora, provenance, licences, deduplication, redaction, decontamination, mixtures, shards,
 * batches of int arrays.
 *
 * <p>Must not know: tensors, losses.
 *
 * <p>Start reading at: {@link DataPipeline}, then {@link Packer}.
 */
@NullMarked
package dev.forefront.data;

import org.jspecify.annotations.NullMarked;
