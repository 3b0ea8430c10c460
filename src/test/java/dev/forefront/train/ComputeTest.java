package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forefront.conversation.BadInputException;
import dev.forefront.model.DType;
import dev.forefront.model.SafeTensors;
import dev.forefront.tensor.Computing;
import dev.forefront.tensor.Device;
import dev.forefront.tensor.Group;
import dev.forefront.tensor.Place;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One training on every device and in every kind of numbers. */
class ComputeTest {
  private static final int STEPS = 12;

  @TempDir Path folder;

  @AfterEach
  void plainAgain() {
    Torch.compute(Computing.PLAIN);
  }

  @Test
  void autoTakesACardWhereThereIsOneAndTheProcessorsElse() {
    Computing card = new Computing(Device.CUDA, Computing.Products.BFLOAT16, false);
    assertThat(Compute.USUAL.here(Ranks.alone()))
        .isEqualTo(Device.CUDA.isThere() ? card : Computing.PLAIN);
  }

  @Test
  void aCardThatIsNotThereIsRefused() {
    assumeFalse(Device.CUDA.isThere(), "there is a graphics card");
    Compute wanted = new Compute(Compute.Where.CUDA, Compute.Precision.AUTO, false);
    assertThatThrownBy(() -> wanted.here(Ranks.alone()))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("compute.device: there is no cuda here; set it to auto or cpu");
    assertThatThrownBy(
            () -> Torch.compute(new Computing(Device.CUDA, Computing.Products.FLOAT32, false)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Torch.computing()).isEqualTo(Computing.PLAIN);
  }

  @Test
  void severalRanksTakeTheProcessorsUnlessEachHasACard() {
    assumeFalse(Device.CUDA.isThere(), "there is a graphics card");
    assertThat(ThreadRanks.run(2, Compute.USUAL::here)).containsOnly(Computing.PLAIN);
    Compute wanted = new Compute(Compute.Where.CUDA, Compute.Precision.AUTO, false);
    assertThatThrownBy(() -> ThreadRanks.run(2, wanted::here))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("compute.device: there is no cuda of its own for each rank");
  }

  @Test
  void cardsThatCannotBeReachedAreSaidSo() {
    assumeFalse(Device.CUDA.isThere(), "there is a graphics card");
    assertThatThrownBy(
            () ->
                ThreadRanks.run(
                    2,
                    ranks -> {
                      ranks.exchangeBetweenCards();
                      return true;
                    }))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("by NCCL, which is missing here")
        .hasMessageEndingWith("or set compute.device to cpu");
  }

  @Test
  void aCardThatExchangesWithNoOtherHoldsItsOwnSums() {
    assumeTrue(Device.CUDA.isThere(), "there is no graphics card that libtorch finds");
    Place alone = new Place(0, 1, "127.0.0.1", ThreadRanks.freePort(), Place.Host.RANK_0, 0);
    Torch.compute(new Computing(Device.CUDA, Computing.Products.FLOAT32, false));
    try (Group group = Group.join(alone, Duration.ofSeconds(60));
        Scope _ = Scope.open()) {
      group.exchangeBetweenCards();
      Tensor own = Tensor.of(new float[] {1, 2, 3}, 3);
      group.sum(List.of(own)).await();
      Tensor all = Tensor.empty(3);
      group.gather(own, all).await();
      group.broadcast(0, all);
      assertThat(all.floats()).containsExactly(1, 2, 3);
      assertThat(group.sum(4.0)).containsExactly(4);
    }
  }

  @Test
  void shortProductsRoundTheLossAndLeaveWeightsAndMomentsLong() throws IOException {
    List<Double> plain = losses("plain", Computing.PLAIN);
    List<Double> rounded =
        losses("short", new Computing(Device.CPU, Computing.Products.BFLOAT16, false));

    assertThat(rounded).isNotEqualTo(plain);
    assertClose(rounded, plain, 0.02);
    assertThat(rounded.getLast()).isLessThan(rounded.getFirst());
    assertThat(types(folder.resolve("short/model/model.safetensors"))).containsOnly(DType.F32);
    assertThat(Files.readString(folder.resolve("short/model/lineage.json")))
        .contains("\"computed_on\" : \"cpu, bfloat16\"");
    assertThat(Files.readString(folder.resolve("plain/model/lineage.json")))
        .doesNotContain("computed_on");
  }

  @Test
  void productsAreLongAgainAfterAPass() {
    Torch.compute(new Computing(Device.CPU, Computing.Products.BFLOAT16, false));
    try (Scope _ = Scope.open()) {
      Tensor third = Tensor.of(new float[] {1 / 3f}, 1, 1);
      float inside;
      try (Torch.Casting _ = Torch.casting()) {
        inside = third.linear(third).floats()[0];
      }
      assertThat(inside).isNotEqualTo(1 / 3f * (1 / 3f)).isCloseTo(1 / 9f, offset(1e-3f));
      assertThat(third.linear(third).floats()[0]).isEqualTo(1 / 3f * (1 / 3f));
    }
  }

  @Test
  void aCardGivesTheProcessorsLosses() throws IOException {
    assumeTrue(Device.CUDA.isThere(), "there is no graphics card that libtorch finds");
    List<Double> plain = losses("plain", Computing.PLAIN);

    Computing exact = new Computing(Device.CUDA, Computing.Products.FLOAT32, false);
    assertClose(losses("card", exact), plain, 1e-4);
    assertThat(Device.CUDA.peakMemory().orElseThrow()).isPositive();
    Computing rounded = new Computing(Device.CUDA, Computing.Products.BFLOAT16, true);
    assertClose(losses("rounded", rounded), plain, 0.02);
  }

  private List<Double> losses(String run, Computing computing) {
    Torch.compute(computing);
    List<Double> losses = new ArrayList<>();
    new Trainer(folder.resolve(run), TinyRun.settings(Recipe.Care.USUAL, STEPS), Map.of("run", run))
        .run(
            TinyRun::model,
            TinyRun.OBJECTIVE,
            Path.of("no-tokenizer"),
            update -> losses.add(update.loss()));
    return losses;
  }

  private static void assertClose(List<Double> actual, List<Double> expected, double relative) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).isCloseTo(expected.get(i), offset(relative * expected.get(i)));
    }
  }

  private static List<DType> types(Path file) {
    try (SafeTensors weights = SafeTensors.open(file)) {
      return weights.entries().values().stream().map(SafeTensors.Entry::type).toList();
    }
  }
}
