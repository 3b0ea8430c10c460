package dev.forefront.release;

import java.util.List;

/**
 * Who has signed something that takes several.
 *
 * @param signers names, each once
 * @param needed how few could do
 * @param missing what is still missing, for people; empty where nothing is
 */
public record Signatures(List<String> signers, int needed, String missing) {

  public Signatures {
    signers = List.copyOf(signers);
  }

  public boolean isEnough() {
    return missing.isEmpty();
  }
}
