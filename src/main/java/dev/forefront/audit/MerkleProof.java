package dev.forefront.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Proofs of RFC 6962, section 2.1, made from subtrees' roots and checked without any. */
final class MerkleProof {

  private MerkleProof() {}

  /** Roots of a tree's parts. */
  @FunctionalInterface
  interface Subtrees {
    /** The hash MTH(D[from:to]); {@code from < to}. */
    byte[] root(long from, long to);
  }

  /** The audit path of section 2.1.1, from the leaf upwards. */
  static List<byte[]> inclusion(Subtrees tree, long index, long size) {
    List<byte[]> path = new ArrayList<>();
    include(tree, index, 0, size, path);
    return path;
  }

  private static void include(Subtrees tree, long index, long from, long to, List<byte[]> path) {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      include(tree, index, from, middle, path);
      path.add(tree.root(middle, to));
    } else {
      include(tree, index, middle, to, path);
      path.add(tree.root(from, middle));
    }
  }

  /** The consistency proof of section 2.1.2; empty where {@code old} is 0 or {@code size}. */
  static List<byte[]> consistency(Subtrees tree, long old, long size) {
    List<byte[]> path = new ArrayList<>();
    if (old > 0 && old < size) {
      prove(tree, old, 0, size, path);
    }
    return path;
  }

  /** SUBPROOF for D[from:to]; where {@code from} is 0, the old root is known to who checks. */
  private static void prove(Subtrees tree, long old, long from, long to, List<byte[]> path) {
    if (old == to) {
      if (from > 0) {
        path.add(tree.root(from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (old <= middle) {
      prove(tree, old, from, middle, path);
      path.add(tree.root(middle, to));
    } else {
      prove(tree, old, middle, to, path);
      path.add(tree.root(from, middle));
    }
  }

  /** The largest power of two below {@code size}. */
  static long split(long size) {
    return Long.highestOneBit(size - 1);
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
        node = MerkleTree.node(sibling, node);
        while ((at & 1) == 0 && at != 0) {
          at >>= 1;
          last >>= 1;
        }
      } else {
        node = MerkleTree.node(node, sibling);
      }
      at >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(node, root);
  }

  /**
   * Whether the tree of {@code size} leaves begins with the tree of {@code old} leaves: RFC 9162,
   * section 2.1.4.2. Every tree begins with the empty one, and that needs no proof.
   */
  static boolean isConsistent(
      long old, long size, List<byte[]> path, byte[] oldRoot, byte[] newRoot) {
    if (old < 0 || old > size) {
      return false;
    }
    if (old == 0 || old == size) {
      return path.isEmpty() && (old == 0 || Arrays.equals(oldRoot, newRoot));
    }
    List<byte[]> nodes = new ArrayList<>(path);
    if (Long.bitCount(old) == 1) {
      nodes.addFirst(oldRoot);
    }
    return !nodes.isEmpty() && joins(old, size, nodes, oldRoot, newRoot);
  }

  private static boolean joins(
      long old, long size, List<byte[]> nodes, byte[] oldRoot, byte[] newRoot) {
    int shared = Long.numberOfTrailingZeros(~(old - 1));
    long at = (old - 1) >> shared;
    long last = (size - 1) >> shared;
    byte[] before = nodes.getFirst();
    byte[] after = before;
    for (byte[] node : nodes.subList(1, nodes.size())) {
      if (last == 0) {
        return false;
      }
      if ((at & 1) == 1 || at == last) {
        before = MerkleTree.node(node, before);
        after = MerkleTree.node(node, after);
        while ((at & 1) == 0 && at != 0) {
          at >>= 1;
          last >>= 1;
        }
      } else {
        after = MerkleTree.node(after, node);
      }
      at >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(before, oldRoot) && Arrays.equals(after, newRoot);
  }
}
