/**
 * Owns: what JSON Schema lets a text be, byte by byte, so that a reply can be bound to it.
 *
 * <p>Must not know: models, tokens, HTTP.
 *
 * <p>Start reading at: {@link JsonSchema}.
 */
@NullMarked
package dev.forefront.schema;

import org.jspecify.annotations.NullMarked;
