package dev.forefront.guard;

/**
 * A passage with one layer of encoding taken off; what was plain around it stays in its place.
 *
 * @param layer the encoding's name, such as {@code base64}
 */
record Decoded(String layer, String text) {}
