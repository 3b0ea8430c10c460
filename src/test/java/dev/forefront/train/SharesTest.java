package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.model.ModelConfig;
import dev.forefront.model.Transformer;
import dev.forefront.model.Transformer.Kind;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who updates what. */
class SharesTest {

  @ParameterizedTest
  @EnumSource(Recipe.Method.class)
  void everyRowHasExactlyOneOwner(Recipe.Method method) {
    try (Transformer model = model()) {
      for (int ranks : new int[] {1, 2, 3, 7, 1000}) {
        List<List<Piece>> shares = Shares.of(model.parameters(), method, ranks);
        assertThat(shares).hasSize(ranks);
        for (Transformer.Parameter parameter : model.parameters()) {
          BitSet owned = new BitSet();
          for (Piece piece : shares.stream().flatMap(List::stream).toList()) {
            if (piece.parameter().equals(parameter)) {
              int from = (int) piece.from();
              int to = from + (int) piece.rows();
              assertThat(owned.get(from, to).isEmpty()).as("owned twice").isTrue();
              owned.set(from, to);
            }
          }
          assertThat(owned.cardinality()).isEqualTo((int) parameter.tensor().size(0));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void sharesOfAdamWAreEquallyLarge(int ranks) {
    try (Transformer model = model()) {
      long all = model.parameters().stream().mapToLong(one -> one.tensor().count()).sum();
      for (List<Piece> share : Shares.of(model.parameters(), Recipe.Method.ADAMW, ranks)) {
        assertThat(share.stream().mapToLong(Piece::count).sum())
            .as("but for half a row at each end")
            .isBetween(all / ranks - 64, all / ranks + 64);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void muonGetsWholeMatricesAndNoRankMuchMoreThanAnother(int ranks) {
    try (Transformer model = model()) {
      List<List<Piece>> shares = Shares.of(model.parameters(), Recipe.Method.MUON, ranks);
      long most = 0;
      long least = Long.MAX_VALUE;
      for (List<Piece> share : shares) {
        List<Piece> matrices = share.stream().filter(piece -> piece.kind() == Kind.MATRIX).toList();
        for (Piece piece : matrices) {
          assertThat(piece.matrices()).containsExactly(piece);
        }
        assertThat(share.subList(0, matrices.size())).as("Muon's first").isEqualTo(matrices);
        long count = matrices.stream().mapToLong(Piece::count).sum();
        most = Math.max(most, count);
        least = Math.min(least, count);
      }
      assertThat(most).isLessThan(2 * least);
    }
  }

  private static Transformer model() {
    return Transformer.initialize(ModelConfig.llama(96, 64, 128, 3, 4, 2, 32, 0), 7);
  }
}
