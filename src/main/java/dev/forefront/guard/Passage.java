package dev.forefront.guard;

/**
 * What may leave now.
 *
 * @param text exactly the bytes that an allow verdict covers; empty on a block
 */
record Passage(Verdict verdict, String text) {}
