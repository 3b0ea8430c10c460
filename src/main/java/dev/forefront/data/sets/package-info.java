/**
 * Owns: the catalogue of public sets, fetching them against pinned digests, and one reader for each
 * of their formats and kinds of label.
 *
 * <p>Must not know: what {@link dev.forefront.data} must not.
 *
 * <p>Start reading at: {@link Catalogue}, then {@link Sets}, {@link Measures} and {@link Labelled}.
 */
@NullMarked
package dev.forefront.data.sets;

import org.jspecify.annotations.NullMarked;
