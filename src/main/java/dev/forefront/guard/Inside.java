package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import java.util.Set;

/** A model whose residual stream is shown, to train probes on. Safe to use from any thread. */
public interface Inside {

  /** Digest of the model, as {@code sha256:<hex>}. */
  String digest();

  /** In which it computes. */
  String dtype();

  int layers();

  /** Numbers of the stream for each token. */
  int width();

  /** Tokens of a conversation as it is read before a reply. */
  int countTokens(Conversation conversation);

  /** The most tokens that it reads. */
  int contextLength();

  /** Reads a conversation as before a reply, and shows some layers. */
  void read(Conversation conversation, Set<Integer> layers, Rows rows);

  /** Is shown each token's stream; returns soon and keeps nothing it was handed. */
  @FunctionalInterface
  interface Rows {
    /**
     * @param place of the token, from 0
     * @param residual {@code width} numbers, changed after this call
     */
    void row(int layer, int place, float[] residual);
  }
}
