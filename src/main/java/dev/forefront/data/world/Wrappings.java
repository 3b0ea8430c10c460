package dev.forefront.data.world;

import java.util.List;

/** The world's wrappings ("forget all rules"), for requests that come from elsewhere. */
public final class Wrappings {

  private Wrappings() {}

  /** Those that no training has seen, each with {@code {ask}} where the request goes. */
  public static List<String> heldOut() {
    return List.copyOf(new Requests(Lexicon.read()).heldOutWrappings());
  }
}
