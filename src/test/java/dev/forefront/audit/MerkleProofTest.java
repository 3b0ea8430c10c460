package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleProofTest {
  private static final int MOST = 40;

  private final List<byte[]> leaves = new ArrayList<>();

  MerkleProofTest() {
    for (int i = 0; i < MOST; i++) {
      leaves.add(MerkleTree.leaf(new byte[] {(byte) i}));
    }
  }

  private byte[] root(long from, long to) {
    MerkleTree tree = new MerkleTree();
    leaves.subList((int) from, (int) to).forEach(tree::append);
    return tree.root();
  }

  @Test
  void everyTreeContinuesEverySmallerOneAndNothingElseIsProved() {
    for (int size = 1; size <= MOST; size++) {
      byte[] root = root(0, size);
      for (int old = 1; old <= size; old++) {
        byte[] before = root(0, old);
        List<byte[]> path = MerkleProof.consistency(this::root, old, size);
        assertThat(MerkleProof.isConsistent(old, size, path, before, root))
            .as("%d to %d", old, size)
            .isTrue();
        assertThat(MerkleProof.isConsistent(old, size, path, other(before), root)).isFalse();
        assertThat(MerkleProof.isConsistent(old, size, path, before, other(root))).isFalse();
        for (int i = 0; i < path.size(); i++) {
          List<byte[]> changed = new ArrayList<>(path);
          changed.set(i, other(path.get(i)));
          assertThat(MerkleProof.isConsistent(old, size, changed, before, root)).isFalse();
          List<byte[]> shorter = new ArrayList<>(path);
          shorter.remove(i);
          assertThat(MerkleProof.isConsistent(old, size, shorter, before, root)).isFalse();
        }
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(root);
        assertThat(MerkleProof.isConsistent(old, size, longer, before, root)).isFalse();
        assertThat(MerkleProof.isConsistent(size + 1, size, path, before, root)).isFalse();
        assertThat(MerkleProof.isConsistent(-1, size, path, before, root)).isFalse();
        if (old < size) {
          // As large as two sizes that share a shape may be, the roots do not fit.
          assertThat(MerkleProof.isConsistent(old, size, List.of(), before, root)).isFalse();
          assertThat(MerkleProof.isConsistent(size, size, List.of(), before, root)).isFalse();
        }
      }
    }
  }

  @Test
  void everyTreeContinuesTheEmptyOneWithoutAnyProof() {
    byte[] empty = new MerkleTree().root();
    assertThat(MerkleProof.isConsistent(0, 5, List.of(), empty, root(0, 5))).isTrue();
    assertThat(MerkleProof.isConsistent(0, 0, List.of(), empty, empty)).isTrue();
    assertThat(MerkleProof.isConsistent(0, 5, List.of(empty), empty, root(0, 5))).isFalse();
    assertThat(MerkleProof.consistency(this::root, 0, 5)).isEmpty();
    assertThat(MerkleProof.consistency(this::root, 5, 5)).isEmpty();
  }

  /** The proofs that RFC 6962, section 2.1.3, gives for its tree of seven leaves. */
  @Test
  void theProofsOfTheRfcsExample() {
    byte[] c = root(2, 3);
    byte[] d = root(3, 4);
    byte[] g = root(0, 2);
    byte[] i = root(4, 6);
    byte[] j = root(6, 7);
    byte[] k = root(0, 4);
    byte[] l = root(4, 7);
    assertHashes(MerkleProof.consistency(this::root, 3, 7), c, d, g, l);
    assertHashes(MerkleProof.consistency(this::root, 4, 7), l);
    assertHashes(MerkleProof.consistency(this::root, 6, 7), i, j, k);
    assertHashes(MerkleProof.inclusion(this::root, 0, 7), root(1, 2), root(2, 4), l);
    assertHashes(MerkleProof.inclusion(this::root, 3, 7), c, g, l);
    assertHashes(MerkleProof.inclusion(this::root, 6, 7), i, k);
  }

  @Test
  void blocksAppendedWholeLeadToTheSameRoot() {
    MerkleTree one = new MerkleTree();
    MerkleTree blocks = new MerkleTree();
    for (int block = 0; block < 7; block++) {
      for (int i = 0; i < MerkleTree.BLOCK; i++) {
        one.append(MerkleTree.leaf(new byte[] {(byte) block, (byte) i}));
      }
      blocks.appendBlock(one.lastBlock());
      assertThat(blocks.root()).isEqualTo(one.root());
      assertThat(blocks.size()).isEqualTo(one.size());
      assertThat(blocks.lastBlock()).isEqualTo(one.lastBlock());
    }
    one.append(MerkleTree.leaf(new byte[0]));
    blocks.append(MerkleTree.leaf(new byte[0]));
    assertThat(blocks.root()).isEqualTo(one.root());
    assertThatThrownBy(() -> blocks.appendBlock(new byte[32]))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void assertHashes(List<byte[]> path, byte[]... expected) {
    assertThat(path.stream().map(HexFormat.of()::formatHex).toList())
        .isEqualTo(List.of(expected).stream().map(HexFormat.of()::formatHex).toList());
  }

  private static byte[] other(byte[] hash) {
    byte[] flipped = hash.clone();
    flipped[0] ^= 1;
    return flipped;
  }
}
