/**
 * Owns: messages, conversations, sampling settings, and the waist, {@link LanguageModel}.
 *
 * <p>Must not know: tensors, HTTP, storage.
 *
 * <p>Start reading at: {@link LanguageModel}.
 */
@NullMarked
package dev.forefront.conversation;

import org.jspecify.annotations.NullMarked;
