package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.CacheType;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelWeights;
import dev.forefront.model.ReferenceModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys and values in fewer bits: how near they stay, and what does not depend on company. */
class CacheTypeTest {
  private static final int PAGE = CachePage.POSITIONS;

  @TempDir Path folder;

  /** Four query heads on two of keys and values, whose sixteen entries fill no four vectors. */
  private static ModelConfig config(CacheType type) {
    return ModelConfig.llama(64, 64, 96, 2, 4, 2, 512, 2).with(type);
  }

  private static float[] numbers(int count, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static CachePage filled(ModelConfig config, long seed) {
    CachePage page = CachePage.of(config);
    int width = config.keyValueHeads() * config.headSize();
    for (int layer = 0; layer < config.layers(); layer++) {
      float[] all = numbers(2 * width * PAGE, seed + layer);
      for (int position = 0; position < PAGE; position++) {
        page.store(layer, position, all, position * width, all, (PAGE + position) * width);
      }
    }
    return page;
  }

  /** Keys, then values of one head: each from where the page says that they begin. */
  private static List<float[]> read(ModelConfig config, CachePage page, int layer, int head) {
    List<float[]> both = new ArrayList<>();
    int count = config.headSize() * PAGE;
    for (boolean keys : new boolean[] {true, false}) {
      float[] opened = new float[count];
      float[] from =
          keys ? page.keys(layer, head, opened) : page.values(layer, head, 0, PAGE, opened);
      float[] own = new float[count];
      System.arraycopy(from, from == opened ? 0 : page.at(head), own, 0, count);
      both.add(own);
    }
    return both;
  }

  @ParameterizedTest
  @EnumSource
  void aPageHasWhatWasStoredAsNearAsItsNumbersCome(CacheType type) {
    double error =
        switch (type) {
          case F32 -> 0;
          case F16 -> Math.scalb(1.0, -11);
          // Half a step of the largest of sixteen.
          case INT8 -> 0.5 / 127;
        };
    ModelConfig exact = config(CacheType.F32);
    CachePage page = filled(config(type), 3);
    CachePage floats = filled(exact, 3);
    for (int layer = 0; layer < exact.layers(); layer++) {
      for (int head = 0; head < exact.keyValueHeads(); head++) {
        List<float[]> near = read(exact, page, layer, head);
        List<float[]> stored = read(exact, floats, layer, head);
        for (int which = 0; which < 2; which++) {
          for (int i = 0; i < near.get(which).length; i++) {
            float number = stored.get(which)[i];
            double bound = type == CacheType.F16 ? Math.abs(number) + 1e-4 : 4.5;
            assertThat((double) near.get(which)[i]).isCloseTo(number, within(error * bound));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesOverTheFirstPositionsOfAPageAndNoOthers(CacheType type) {
    ModelConfig config = config(type);
    CachePage from = filled(config, 3);
    CachePage to = filled(config, 5);
    CachePage old = filled(config, 5);
    int positions = 21;
    to.copy(from, positions);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int head = 0; head < config.keyValueHeads(); head++) {
        List<float[]> now = read(config, to, layer, head);
        List<float[]> source = read(config, from, layer, head);
        List<float[]> before = read(config, old, layer, head);
        for (int i = 0; i < config.headSize() * PAGE; i++) {
          boolean isTaken = i % PAGE < positions;
          assertThat(now.get(0)[i]).isEqualTo((isTaken ? source : before).get(0)[i]);
          isTaken = i / config.headSize() < positions;
          assertThat(now.get(1)[i]).isEqualTo((isTaken ? source : before).get(1)[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoNumberStaysNone(CacheType type) {
    ModelConfig config = config(type);
    CachePage page = filled(config, 3);
    float[] broken = numbers(config.keyValueHeads() * config.headSize(), 1);
    broken[config.headSize() + 2] = Float.NaN;
    page.store(1, 7, broken, 0, broken, 0);
    assertThat(read(config, page, 1, 1).get(0)[2 * PAGE + 7]).isNaN();
    assertThat(read(config, page, 1, 1).get(1)[7 * config.headSize() + 2]).isNaN();
    assertThat(read(config, page, 1, 0).get(0)).doesNotContain(Float.NaN);
  }

  @Test
  void sixteenBitsHoldNumbersThatAreTooLargeAsTheirLargest() {
    ModelConfig config = config(CacheType.F16);
    CachePage page = CachePage.of(config);
    float[] large = numbers(config.keyValueHeads() * config.headSize(), 1);
    large[0] = 1e6f;
    large[1] = -1e6f;
    page.store(0, 0, large, 0, large, 0);
    float[] values = read(config, page, 0, 0).get(1);
    assertThat(values[0]).isEqualTo(65_504);
    assertThat(values[1]).isEqualTo(-65_504);
  }

  @Test
  void fewerBitsTakeLessMemory() {
    long floats = KeyValueCache.bytes(config(CacheType.F32), 3 * PAGE);
    assertThat(floats).isEqualTo(3L * PAGE * 2 * 2 * 2 * 16 * Float.BYTES);
    assertThat(KeyValueCache.bytes(config(CacheType.F16), 3 * PAGE)).isEqualTo(floats / 2);
    // One scale of four bytes for sixteen numbers.
    assertThat(KeyValueCache.bytes(config(CacheType.INT8), 3 * PAGE))
        .isEqualTo(floats / 4 + floats / 16);
    assertThat(CachePage.of(config(CacheType.INT8)).bytes())
        .isEqualTo(KeyValueCache.bytes(config(CacheType.INT8), 1));
  }

  @ParameterizedTest
  @EnumSource
  void computesTheSameWhicheverRowsStandTogetherAndNearlyWhatFloatsGive(CacheType type) {
    RandomModel.write(folder, 256);
    float[] exact;
    long[] ids = new Random(5).longs(150, 0, 200).toArray();
    try (ModelWeights files = ModelWeights.open(folder)) {
      exact = Passes.logits(Passes.of(files), ids, Forward.MOST_ROWS);
    }
    try (ModelWeights files = ModelWeights.open(folder).with(type)) {
      Weights weights = Passes.of(files);
      float[] logits = Passes.logits(weights, ids, Forward.MOST_ROWS);
      assertThat(Passes.logits(weights, ids, 1)).isEqualTo(logits);
      assertThat(Passes.logits(weights, ids, 7)).isEqualTo(logits);
      assertThat(distance(logits, exact))
          .isLessThanOrEqualTo(
              switch (type) {
                case F32 -> 0;
                case F16 -> 2e-3;
                case INT8 -> 3e-2;
              });
    }
  }

  /** Of two vectors, by the length of the second. */
  private static double distance(float[] one, float[] other) {
    double apart = 0;
    double length = 0;
    for (int i = 0; i < one.length; i++) {
      apart += Math.pow(one[i] - other[i], 2);
      length += Math.pow(other[i], 2);
    }
    return Math.sqrt(apart / length);
  }

  @ParameterizedTest
  @EnumSource
  void everyArchitectureRuns(CacheType type) {
    for (Path model : ReferenceModels.folders()) {
      try (ModelWeights files = ModelWeights.open(model)) {
        long[] ids = new Random(5).longs(40, 0, files.config().vocabularySize()).toArray();
        float[] exact = Passes.logits(Passes.of(files), ids, Forward.MOST_ROWS);
        float[] near = Passes.logits(Passes.of(files.with(type)), ids, Forward.MOST_ROWS);
        assertThat(distance(near, exact)).as(model.toString()).isLessThan(3e-2);
      }
    }
  }
}
