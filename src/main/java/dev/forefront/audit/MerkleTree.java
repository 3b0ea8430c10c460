package dev.forefront.audit;

import dev.forefront.conversation.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of RFC 6962, section 2.1, grown at its right edge. It keeps the roots of the
 * complete subtrees alone, so a log of n entries needs memory for log2(n) hashes.
 */
final class MerkleTree {
  /** Leaves of a block, whose roots are remembered: the width of a tile (C2SP tlog-tiles). */
  static final int BLOCK = 256;

  private static final int BLOCK_HEIGHT = 8;

  private final List<byte[]> peaks = new ArrayList<>();
  private long size;
  private byte[] block = {};

  long size() {
    return size;
  }

  /** Adds a leaf that {@link #leaf} has hashed. */
  void append(byte[] leaf) {
    byte[] node = leaf;
    int height = 0;
    for (long full = size; (full & 1) == 1; full >>= 1) {
      node = node(peaks.removeLast(), node);
      height++;
      if (height == BLOCK_HEIGHT) {
        block = node;
      }
    }
    peaks.add(node);
    size++;
  }

  /** Adds a whole block by its root. */
  void appendBlock(byte[] root) {
    if (size % BLOCK != 0) {
      throw new IllegalStateException("a block begins at a multiple of its width");
    }
    byte[] node = root;
    for (long full = size / BLOCK; (full & 1) == 1; full >>= 1) {
      node = node(peaks.removeLast(), node);
    }
    peaks.add(node);
    size += BLOCK;
    block = root;
  }

  /** The root of the block that was completed last. */
  byte[] lastBlock() {
    return block;
  }

  /** 32 bytes; of an empty tree the hash of nothing. */
  byte[] root() {
    if (peaks.isEmpty()) {
      return Sha256.digest().digest();
    }
    byte[] root = peaks.getLast();
    for (int i = peaks.size() - 2; i >= 0; i--) {
      root = node(peaks.get(i), root);
    }
    return root;
  }

  static byte[] leaf(byte[] entry) {
    MessageDigest digest = Sha256.digest();
    digest.update((byte) 0);
    return digest.digest(entry);
  }

  static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = Sha256.digest();
    digest.update((byte) 1);
    digest.update(left);
    return digest.digest(right);
  }
}
