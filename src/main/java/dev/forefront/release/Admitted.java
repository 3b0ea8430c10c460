package dev.forefront.release;

/** Evidence, digests and signatures are in order. */
public record Admitted(Release release) implements Decision {}
