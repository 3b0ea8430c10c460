package dev.forefront.generate;

import java.util.Set;

/** Which layers of a sequence are shown to whom. */
record Shown(Set<Integer> layers, ResidualReader reader) {}
