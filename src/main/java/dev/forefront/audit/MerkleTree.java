package dev.forefront.audit;

import dev.forefront.conversation.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The Merkle tree of RFC 6962, section 2.1, grown at its right edge. It keeps the roots of the
 * complete subtrees alone, so a log of n entries needs memory for log2(n) hashes.
 */
final class MerkleTree {
  private final List<byte[]> peaks = new ArrayList<>();
  private long size;

  long size() {
    return size;
  }

  /** Adds a leaf that {@link #leaf} has hashed. */
  void append(byte[] leaf) {
    byte[] node = leaf;
    for (long full = size; (full & 1) == 1; full >>= 1) {
      node = node(peaks.removeLast(), node);
    }
    peaks.add(node);
    size++;
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

  private static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = Sha256.digest();
    digest.update((byte) 1);
    digest.update(left);
    return digest.digest(right);
  }

  private static byte[] root(List<byte[]> leaves) {
    MerkleTree tree = new MerkleTree();
    leaves.forEach(tree::append);
    return tree.root();
  }

  /** The audit path of RFC 6962, section 2.1.1, from the leaf upwards. */
  static List<byte[]> path(List<byte[]> leaves, int index) {
    if (leaves.size() <= 1) {
      return new ArrayList<>();
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    boolean left = index < split;
    List<byte[]> near = left ? leaves.subList(0, split) : leaves.subList(split, leaves.size());
    List<byte[]> far = left ? leaves.subList(split, leaves.size()) : leaves.subList(0, split);
    List<byte[]> path = path(near, left ? index : index - split);
    path.add(root(far));
    return path;
  }

  /** Whether the path leads from the leaf to the root: RFC 9162, section 2.1.3.2. */
  static boolean leads(byte[] leaf, long index, long size, List<byte[]> path, byte[] root) {
    if (index < 0 || index >= size) {
      return false;
    }
    long at = index;
    long last = size - 1;
    byte[] node = leaf;
    for (byte[] sibling : path) {
      if (last == 0) {
        return false;
      }
      if ((at & 1) == 1 || at == last) {
        node = node(sibling, node);
        while ((at & 1) == 0 && at != 0) {
          at >>= 1;
          last >>= 1;
        }
      } else {
        node = node(node, sibling);
      }
      at >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(node, root);
  }
}
