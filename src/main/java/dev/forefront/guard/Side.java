package dev.forefront.guard;

/** Which way a text goes. A request asks for harm; a reply delivers it, or refuses and names it. */
public enum Side {
  INPUT,
  OUTPUT
}
