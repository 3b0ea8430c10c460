package dev.forefront.conversation;

/**
 * Which tokens a draw leaves out, in this order. Each sees what the one before left.
 *
 * @param topK tokens kept by rank (ties with the k-th stay); 0 keeps all
 * @param topP probability mass kept, in (0, 1]; 1 keeps all (Holtzman et al. 2020)
 * @param minP keeps tokens with at least this share of the likeliest one's probability; 0 keeps all
 * @param typicalP probability mass kept of the tokens whose surprise is nearest to the expected
 *     one; 1 keeps all (Meister et al. 2022)
 * @param epsilon drops what is less likely than this; 0 drops nothing (Hewitt et al. 2022)
 * @param eta likewise, by the smaller of this and its root times exp(-entropy); 0 drops nothing
 */
public record Cutoffs(int topK, float topP, float minP, float typicalP, float epsilon, float eta) {

  /** Keeps every token. */
  public static final Cutoffs NONE = new Cutoffs(0, 1, 0, 1, 0, 0);

  public Cutoffs {
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must be 0 or more, not " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be in (0, 1], not " + topP);
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("min_p must be in [0, 1], not " + minP);
    }
    if (!(typicalP > 0 && typicalP <= 1)) {
      throw new IllegalArgumentException("typical_p must be in (0, 1], not " + typicalP);
    }
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw new IllegalArgumentException("epsilon_cutoff must be in [0, 1), not " + epsilon);
    }
    if (!(eta >= 0 && eta < 1)) {
      throw new IllegalArgumentException("eta_cutoff must be in [0, 1), not " + eta);
    }
  }

  /** The usual three, without the rarer ones. */
  public static Cutoffs of(int topK, float topP, float minP) {
    return new Cutoffs(topK, topP, minP, 1, 0, 0);
  }
}
