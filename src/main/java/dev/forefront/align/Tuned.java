package dev.forefront.align;

import java.nio.file.Path;

/**
 * A finished tuning.
 *
 * @param model folder in Hugging Face's layout, with {@code lineage.json}
 * @param summary what was learnt from and what was left out, in one line
 */
public record Tuned(Path model, String summary) {}
