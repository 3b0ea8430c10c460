package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
  @TempDir private Path folder;

  @Test
  void readsBackWhatItWrote() {
    Path file = folder.resolve("model.safetensors");
    float[] values = {1, -2.5f, 0, Float.MIN_VALUE, 3e38f, 7};
    SafeTensors.write(
        file,
        List.of(SafeTensors.of("b", values, 2, 3), SafeTensors.of("a", new float[] {4}, 1)),
        Map.of("format", "pt"));
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      assertThat(tensors.entries()).containsOnlyKeys("a", "b");
      assertThat(tensors.entry("b", 2, 3).floats()).containsExactly(values);
      assertThatThrownBy(() -> tensors.entry("b", 3, 2))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("[2, 3]");
    }
  }

  @Test
  void refusesEveryCutWithTheFilesName() throws IOException {
    Path file = folder.resolve("model.safetensors");
    SafeTensors.write(file, List.of(SafeTensors.of("a", new float[8], 8)), Map.of());
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafeTensors.open(file))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("model.safetensors");
    }
  }

  @Test
  void refusesHeadersThatLie() throws IOException {
    assertRefused("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "do not fit");
    assertRefused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}",
        "overlap");
    assertRefused("{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", "F33");
    assertRefused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,3],\"data_offsets\":[0,4]}}",
        "overflows");
    assertRefused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "uplicate");
  }

  private void assertRefused(String header, String reason) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    Path file = folder.resolve("lies.safetensors");
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason);
  }
}
