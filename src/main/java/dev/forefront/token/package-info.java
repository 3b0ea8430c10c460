/**
 * Owns: text to ids and back, BPE training, chat templates in which user text can never become a
 * control token.
 *
 * <p>Must not know: models, training.
 *
 * <p>Start reading at: {@link Tokenizer}, then {@link ChatTemplate}.
 */
@NullMarked
package dev.forefront.token;

import org.jspecify.annotations.NullMarked;
