package dev.forefront.train;

/**
 * A key of a recipe as the reference page shows it.
 *
 * @param section path of the section it stands in
 * @param values what it takes
 * @param fallback what it means where it is left out
 * @param about what it decides
 */
record RecipeKey(String section, String key, String values, String fallback, String about) {}
