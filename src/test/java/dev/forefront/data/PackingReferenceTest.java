package dev.forefront.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.model.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The recorded packed batch, packed again from its documents: positions, numbers and labels. */
class PackingReferenceTest {
  private static final Path PACKED =
      Path.of(System.getProperty("forefront.reference", "src/test/resources/reference"))
          .resolve("training/packing/packed.safetensors");

  @Test
  void packsTheRecordedDocumentsAsRecorded() {
    try (SafeTensors recorded = SafeTensors.open(PACKED)) {
      int[][] ids = matrix(recorded, "input_ids");
      int[][] documents = matrix(recorded, "document_ids");
      int[][] labels = matrix(recorded, "labels");
      List<Row> rows = new ArrayList<>();
      for (int r = 0; r < ids.length; r++) {
        rows.add(repacked(ids[r], documents[r]));
      }
      int length = ids[0].length;
      TokenBatch batch =
          PackedRows.ofMemory(rows, length, new Packing(0, 0, 0, 0, 0, 0))
              .batch(IntStream.range(0, ids.length).toArray());
      assertThat(batch.documents()).isDeepEqualTo(documents);
      int[][] positions = matrix(recorded, "position_ids");
      for (int r = 0; r < ids.length; r++) {
        for (int t = 0; t < length; t++) {
          boolean padding = documents[r][t] < 0;
          assertThat(batch.ids()[r][t]).isEqualTo(padding ? 0 : ids[r][t]);
          assertThat(batch.positions()[r][t]).isEqualTo(padding ? 0 : positions[r][t]);
          // The recording labels a token with itself, ours with the next one of its document.
          assertThat(batch.labels()[r][t])
              .isEqualTo(t + 1 < length ? labels[r][t + 1] : TokenBatch.IGNORED);
        }
      }
    }
  }

  private static Row repacked(int[] ids, int[] documents) {
    RowBuilder row = new RowBuilder(ids.length, 0);
    for (int begin = 0; begin < ids.length && documents[begin] >= 0; ) {
      int end = begin;
      while (end < ids.length && documents[end] == documents[begin]) {
        end++;
      }
      boolean[] counted = new boolean[ids.length];
      java.util.Arrays.fill(counted, true);
      row.add("", ids, counted, begin, end);
      begin = end;
    }
    return row.build();
  }

  private static int[][] matrix(SafeTensors tensors, String name) {
    SafeTensors.Entry entry = tensors.entry(name);
    int columns = (int) entry.shape()[1];
    long[] flat = entry.longs();
    int[][] matrix = new int[(int) entry.shape()[0]][columns];
    for (int i = 0; i < flat.length; i++) {
      matrix[i / columns][i % columns] = (int) flat[i];
    }
    return matrix;
  }
}
