package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AlarmTest {

  @Test
  void aNoisyLossThatFallsIsNoSpike() {
    SplittableRandom random = new SplittableRandom(1);
    Alarm alarm = new Alarm(10, List.of());
    for (int step = 0; step < 5000; step++) {
      double loss = 1 + 8 * Math.exp(-step / 100.0) + 0.3 * random.nextGaussian();
      assertThat(alarm.isSpike(loss)).as("step %d", step).isFalse();
      alarm.hear(loss);
    }
  }

  @Test
  void aLossFarAboveTheRecentOnesIs() {
    Alarm alarm = settled(10);
    assertThat(alarm.isSpike(2.05)).isFalse();
    assertThat(alarm.isSpike(9)).isTrue();
    assertThat(settled(0).isSpike(1000)).as("where nobody asked").isFalse();
  }

  @Test
  void aRunThatGoesOnKnowsWhatTheUnbrokenOneKnew() {
    List<Double> losses = new ArrayList<>();
    Alarm unbroken = new Alarm(5, List.of());
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 80; i++) {
      double loss = 3 + random.nextDouble();
      losses.add(loss);
      unbroken.hear(loss);
    }
    assertThat(new Alarm(5, losses).mean()).isEqualTo(unbroken.mean());
  }

  private static Alarm settled(double deviations) {
    Alarm alarm = new Alarm(deviations, List.of());
    for (int i = 0; i < Alarm.LEAST + 50; i++) {
      alarm.hear(i % 2 == 0 ? 1.9 : 2.1);
    }
    return alarm;
  }
}
