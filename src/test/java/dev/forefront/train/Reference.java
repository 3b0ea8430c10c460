package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reading the recorded runs. */
final class Reference {
  private Reference() {}

  static Path training() {
    return Path.of(System.getProperty("forefront.reference"), "training");
  }

  static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(file));
  }

  static int[][] rows(SafeTensors.Entry entry) {
    long[] values = entry.longs();
    int length = (int) entry.shape()[entry.shape().length - 1];
    int[][] rows = new int[values.length / length][length];
    for (int i = 0; i < values.length; i++) {
      rows[i / length][i % length] = (int) values[i];
    }
    return rows;
  }

  /** Labels as the references store them, aligned with the inputs, become the next token's. */
  static TokenBatch batch(int[][] ids, int[][] labels) {
    int[][] positions = new int[ids.length][ids[0].length];
    int[][] documents = new int[ids.length][ids[0].length];
    for (int[] row : positions) {
      Arrays.setAll(row, i -> i);
    }
    return new TokenBatch(ids, positions, documents, shifted(labels));
  }

  static int[][] shifted(int[][] labels) {
    int[][] shifted = new int[labels.length][];
    for (int row = 0; row < labels.length; row++) {
      shifted[row] = new int[labels[row].length];
      Arrays.fill(shifted[row], TokenBatch.IGNORED);
      System.arraycopy(labels[row], 1, shifted[row], 0, labels[row].length - 1);
    }
    return shifted;
  }

  static void assertClose(float[] a, SafeTensors.Entry expected, double tolerance) {
    assertClose(expected.name(), a, expected.floats(), tolerance);
  }

  static void assertClose(float[] a, float[] expected, double tolerance) {
    assertClose("", a, expected, tolerance);
  }

  private static void assertClose(String name, float[] a, float[] b, double tolerance) {
    assertThat(a).hasSameSizeAs(b);
    double worst = 0;
    double largest = 1e-30;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
      largest = Math.max(largest, Math.abs(b[i]));
    }
    assertThat(worst / largest).as(name).isLessThanOrEqualTo(tolerance);
  }
}
