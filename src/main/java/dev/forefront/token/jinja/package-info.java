/**
 * Owns: the template language of the model hubs, as Jinja2 means it, for chat templates: read, and
 * rendered within bounds. Every character of the output says whether the template or somebody else
 * wrote it.
 *
 * <p>Must not know: conversations, tokens, files, classes by name.
 *
 * <p>Start reading at: {@link Template}, then {@link Text}.
 */
@NullMarked
package dev.forefront.token.jinja;

import org.jspecify.annotations.NullMarked;
