package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  /** Leaves and roots that Certificate Transparency's own test suites use for RFC 6962. */
  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  @Test
  void rootsAreThoseOfCertificateTransparency() {
    MerkleTree tree = new MerkleTree();
    assertThat(hex(tree.root()))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (int i = 0; i < LEAVES.size(); i++) {
      tree.append(MerkleTree.leaf(HexFormat.of().parseHex(LEAVES.get(i))));
      assertThat(hex(tree.root())).as("size %d", i + 1).isEqualTo(ROOTS.get(i));
    }
  }

  @Test
  void everyEntryOfEverySizeIsProvedAndNothingElse() {
    List<byte[]> leaves = new ArrayList<>();
    MerkleTree tree = new MerkleTree();
    for (int size = 1; size <= 40; size++) {
      byte[] leaf = MerkleTree.leaf(new byte[] {(byte) size});
      leaves.add(leaf);
      tree.append(leaf);
      byte[] root = tree.root();
      for (int i = 0; i < size; i++) {
        List<byte[]> path = MerkleProof.inclusion(subtrees(leaves), i, size);
        assertThat(MerkleProof.leads(leaves.get(i), i, size, path, root)).isTrue();
        if (size > 1) {
          int other = (i + 1) % size;
          assertThat(MerkleProof.leads(leaves.get(other), i, size, path, root)).isFalse();
          assertThat(MerkleProof.leads(leaves.get(i), other, size, path, root)).isFalse();
          List<byte[]> shorter = path.subList(1, path.size());
          assertThat(MerkleProof.leads(leaves.get(i), i, size, shorter, root)).isFalse();
        }
        assertThat(MerkleProof.leads(leaves.get(i), size, size, path, root)).isFalse();
      }
    }
  }

  private static MerkleProof.Subtrees subtrees(List<byte[]> leaves) {
    return (from, to) -> {
      MerkleTree tree = new MerkleTree();
      leaves.subList((int) from, (int) to).forEach(tree::append);
      return tree.root();
    };
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
