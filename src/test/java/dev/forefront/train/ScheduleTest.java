package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScheduleTest {

  @TestFactory
  Stream<DynamicTest> everyRecordedRateIsReached() {
    Path file =
        Path.of(System.getProperty("forefront.reference")).resolve("training/schedules.json");
    return JsonMapper.shared()
        .readTree(file)
        .valueStream()
        .map(
            recorded ->
                DynamicTest.dynamicTest(
                    recorded.get("name").asString() + " " + recorded.get("args"),
                    () -> check(recorded)));
  }

  @Test
  void refusesAWarmupLongerThanTheRun() {
    assertThatThrownBy(() -> new Schedule.Linear(1e-3, 20, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("warmup of 20");
  }

  private static void check(JsonNode recorded) {
    Schedule schedule = schedule(recorded);
    JsonNode values = recorded.get("values");
    double peak = recorded.get("max_lr").asDouble();
    for (int step = 0; step < values.size(); step++) {
      double expected = values.get(step).asDouble();
      assertThat(schedule.rate(step))
          .as("step %d", step)
          .isCloseTo(expected, within(Math.max(1e-9 * Math.abs(expected), 1e-15 * peak)));
    }
  }

  private static Schedule schedule(JsonNode recorded) {
    double peak = recorded.get("max_lr").asDouble();
    JsonNode args = recorded.get("args");
    long warmup = args.get("num_warmup_steps").asLong();
    long steps = args.path("num_training_steps").asLong(0);
    String name = recorded.get("name").asString();
    return switch (name) {
      case "constant_with_warmup" -> new Schedule.Constant(peak, warmup);
      case "linear" -> new Schedule.Linear(peak, warmup, steps);
      case "cosine" -> new Schedule.Cosine(peak, warmup, steps, 0);
      case "cosine_with_min_lr" ->
          new Schedule.Cosine(peak, warmup, steps, args.get("min_lr_rate").asDouble());
      case "cosine_with_restarts" ->
          new Schedule.CosineRestarts(peak, warmup, steps, args.get("num_cycles").asInt());
      case "inverse_sqrt" -> new Schedule.InverseSquareRoot(peak, warmup);
      case "polynomial" ->
          new Schedule.Polynomial(
              peak, warmup, steps, args.get("lr_end").asDouble(), args.get("power").asDouble());
      case "wsd" ->
          new Schedule.WarmupStableDecay(
              peak,
              warmup,
              args.get("num_stable_steps").asLong(),
              args.get("num_decay_steps").asLong(),
              shape(args.path("warmup_type").asString("linear")),
              shape(args.path("decay_type").asString("cosine")),
              args.path("min_lr_ratio").asDouble(0));
      default -> throw new AssertionError("a schedule of a kind that is new here: " + name);
    };
  }

  private static Schedule.Shape shape(String name) {
    return name.equals("1-sqrt")
        ? Schedule.Shape.ONE_MINUS_SQRT
        : Schedule.Shape.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
