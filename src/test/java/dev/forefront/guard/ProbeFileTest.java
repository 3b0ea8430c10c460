package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Probe;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A probe in a guard's folder. */
class ProbeFileTest {
  private static final ProbeFile.Named NAMED =
      new ProbeFile.Named(
          new Probe(
              "sha256:model",
              "float32",
              List.of(1, 3),
              2,
              new float[] {0.5f, -1},
              new float[] {1, 2, 3, 4, 5, 6, 7, 8}),
          List.of("request", "reply"));

  @TempDir Path folder;

  private static ProbeCalibration calibration(byte[] probe) {
    return new ProbeCalibration(
        "sha256:model", GuardFiles.digest(probe), "float32", 0.01, 500, 2.5, 1.5);
  }

  private Guard guard(byte[] probe, ProbeCalibration calibration) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(GuardFiles.RULES, GuardTraining.builtInRules());
    files.put(ProbeFile.NAME, probe);
    files.put(ProbeCalibration.FILE, calibration.json());
    GuardFiles.write(folder, files);
    return Guard.open(folder);
  }

  @Test
  void readsWhatItWrote() {
    ProbeFile.Named read = ProbeFile.read(ProbeFile.write(NAMED), "probe");
    assertThat(read.names()).isEqualTo(NAMED.names());
    assertThat(read.probe().layers()).containsExactly(1, 3);
    assertThat(read.probe().model()).isEqualTo("sha256:model");
    assertThat(read.probe().bias()).containsExactly(0.5f, -1);
    assertThat(read.probe().weights(1)).containsExactly(5, 6, 7, 8);
  }

  @Test
  void isPartOfTheGuardThatIsOpened() {
    byte[] probe = ProbeFile.write(NAMED);
    assertThat(guard(probe, calibration(probe)).hasProbe()).isTrue();
    assertThat(Guard.builtIn().hasProbe()).isFalse();
  }

  @Test
  void refusesNumbersThatAreNone() {
    byte[] probe = ProbeFile.write(NAMED);
    ByteBuffer.wrap(probe).order(ByteOrder.LITTLE_ENDIAN).putFloat(probe.length - 4, Float.NaN);
    assertThatThrownBy(() -> guard(probe, calibration(probe)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no number")
        .hasMessageContaining("probe.bin");
  }

  @Test
  void refusesFilesThatAreCutOffOrOfAnotherFormat() {
    byte[] probe = ProbeFile.write(NAMED);
    for (int length : new int[] {0, 5, 40, probe.length - 4, probe.length - 1}) {
      byte[] cut = Arrays.copyOf(probe, length);
      assertThatThrownBy(() -> ProbeFile.read(cut, "probe"))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("probe holds no probe");
    }
    byte[] other =
        new String(probe, StandardCharsets.ISO_8859_1)
            .replace("probe-1", "probe-9")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ProbeFile.read(other, "probe"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("its format is another");
  }

  @Test
  void refusesACalibrationOfAnotherModelProbeOrType() {
    byte[] probe = ProbeFile.write(NAMED);
    String digest = GuardFiles.digest(probe);
    for (ProbeCalibration wrong :
        List.of(
            new ProbeCalibration("sha256:other", digest, "float32", 0.01, 500, 2, 1),
            new ProbeCalibration("sha256:model", "sha256:other", "float32", 0.01, 500, 2, 1),
            new ProbeCalibration("sha256:model", digest, "int8", 0.01, 500, 2, 1))) {
      assertThatThrownBy(() -> guard(probe, wrong))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("probe-calibration.json is no calibration for this probe");
    }
  }

  @Test
  void isNoGuardWithoutTheProbesLimits() throws Exception {
    byte[] probe = ProbeFile.write(NAMED);
    guard(probe, calibration(probe));
    Files.delete(folder.resolve(ProbeCalibration.FILE));
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("probe-calibration.json is missing");
  }

  @Test
  void refusesAProbeWithoutTheHeadsThatGiveVerdicts() {
    byte[] probe =
        ProbeFile.write(new ProbeFile.Named(NAMED.probe(), List.of("request", "reply S1")));
    assertThatThrownBy(() -> guard(probe, calibration(probe)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no head \"reply\"");
  }
}
