package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model files that lie: one sentence with the file and the field, whatever they claim. */
class MalformedModelsTest {
  @TempDir private Path folder;

  /** A GGUF header, part by part. */
  private static final class Header {
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    Header(int version, long tensors, long values) {
      bytes.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(version);
      bytes.putLong(tensors).putLong(values);
    }

    Header text(String text) {
      byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
      bytes.putLong(encoded.length).put(encoded);
      return this;
    }

    Header number(int number) {
      bytes.putInt(number);
      return this;
    }

    Header wide(long number) {
      bytes.putLong(number);
      return this;
    }

    /** A tensor of type F32. */
    Header tensor(String name, long offset, long... innermostFirst) {
      text(name).number(innermostFirst.length);
      Arrays.stream(innermostFirst).forEach(this::wide);
      return number(0).wide(offset);
    }

    byte[] with(int data) {
      return Arrays.copyOf(bytes.array(), bytes.position() + data);
    }
  }

  private void assertRefused(byte[] file, String... reasons) throws IOException {
    Path path = folder.resolve("lies.gguf");
    Files.write(path, file);
    for (String reason : reasons) {
      assertThatThrownBy(() -> Gguf.open(path))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("lies.gguf")
          .hasMessageContaining(reason);
    }
  }

  @Test
  void aGgufHeaderThatClaimsMoreThanThereIs() throws IOException {
    assertRefused(new byte[0], "header");
    assertRefused("GGML, or so it seems to be".getBytes(StandardCharsets.US_ASCII), "header");
    assertRefused(new Header(1, 0, 0).with(0), "version", "1");
    assertRefused(new Header(Integer.reverseBytes(3), 0, 0).with(0), "big-endian");
    assertRefused(new Header(3, 1L << 60, 0).with(0), "tensor count");
    assertRefused(new Header(3, -1, 0).with(0), "tensor count");
    assertRefused(new Header(3, 0, Long.MAX_VALUE).with(0), "metadata count");
    assertRefused(new Header(3, 0, 1).wide(100L << 30).with(64), "key 0", "longer");
    assertRefused(new Header(3, 0, 1).wide(-1).with(64), "key 0");
    assertRefused(new Header(3, 0, 1).text("k").number(99).with(8), "k: its type 99");
    assertRefused(new Header(3, 0, 1).text("k").number(8).wide(1L << 50).with(8), "k: a text");
    assertRefused(
        new Header(3, 0, 1).text("k").number(9).number(4).wide(1L << 61).with(64), "k: it claims");
    assertRefused(
        new Header(3, 0, 1).text("k").number(9).number(8).wide(1 << 21).with(64), "k: it claims");
    assertRefused(new Header(3, 0, 1).text("k").number(9).number(9).wide(1).with(64), "arrays");
    assertRefused(
        new Header(3, 0, 2).text("k").number(4).number(1).text("k").number(4).number(2).with(0),
        "k: it stands in the metadata twice");
    assertRefused(
        new Header(3, 1, 1)
            .text("general.alignment")
            .number(4)
            .number(3)
            .tensor("t", 0, 4)
            .with(64),
        "general.alignment",
        "power of two");
  }

  @Test
  void aGgufTensorThatLies() throws IOException {
    assertRefused(new Header(3, 1, 0).tensor("t", 0, 1L << 40).with(64), "tensor t", "outside");
    assertRefused(
        new Header(3, 1, 0).tensor("t", 0, Long.MAX_VALUE, 4).with(64), "tensor t", "overflows");
    assertRefused(new Header(3, 1, 0).tensor("t", 0, -4).with(64), "tensor t", "size");
    assertRefused(new Header(3, 1, 0).tensor("t", 0).with(64), "tensor t", "dimensions");
    assertRefused(new Header(3, 1, 0).tensor("t", 4, 4).with(128), "tensor t", "multiple of 32");
    assertRefused(new Header(3, 1, 0).tensor("t", 1L << 62, 4).with(128), "tensor t", "outside");
    assertRefused(
        new Header(3, 2, 0).tensor("a", 0, 16).tensor("b", 32, 16).with(256),
        "tensor b",
        "overlaps");
    assertRefused(
        new Header(3, 2, 0).tensor("a", 0, 4).tensor("a", 32, 4).with(256), "tensor a", "twice");
    assertRefused(
        new Header(3, 1, 0).text("t").number(1).wide(32).number(16).wide(0).with(256),
        "tensor t",
        "type 16",
        "Q4_K");
    assertRefused(
        new Header(3, 1, 0).text("t").number(1).wide(33).number(8).wide(0).with(256),
        "tensor t",
        "whole blocks");
  }

  @Test
  void everyCutOfAGgufFile() throws IOException {
    Path whole = folder.resolve("whole.gguf");
    try (ModelWeights weights = ModelWeights.open(ReferenceModels.own("models/llama-linear"))) {
      GgufExport.write(whole, weights, Encoding.Q8_0, new GgufMetadata().put("general.name", "x"));
    }
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length += length < 3_000 ? 7 : 977) {
      Path cut = folder.resolve("cut.gguf");
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> ModelWeights.open(cut).close())
          .as("%d bytes", length)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("cut.gguf");
    }
  }

  @Test
  void aGgufModelThatIsNotUnderstood() throws IOException {
    assertModelRefused(
        Map.of("general.architecture", "mamba"), "general.architecture", "known are llama");
    assertModelRefused(
        Map.of("general.architecture", "llama", "llama.expert_gating", "x"), "llama.expert_gating");
    assertModelRefused(
        Map.of("general.architecture", "llama", "general.type", "adapter"), "general.type");
    assertModelRefused(
        Map.of("general.architecture", "llama", "llama.block_count", "four"),
        "llama.embedding_length");
  }

  private void assertModelRefused(Map<String, String> metadata, String... reasons) {
    Path file = folder.resolve("model.gguf");
    GgufMetadata texts = new GgufMetadata();
    metadata.forEach(texts::put);
    GgufWriter.write(file, texts, List.of());
    for (String reason : reasons) {
      assertThatThrownBy(() -> ModelWeights.open(file))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("model.gguf")
          .hasMessageContaining(reason);
    }
  }

  @Test
  void aSafetensorsHeaderOfAHundredGigabytes() throws IOException {
    Path file = folder.resolve("model.safetensors");
    for (long claimed : new long[] {100L << 30, Long.MAX_VALUE, -1, 1, 64L << 20}) {
      // As long as it claims, where that is possible: a hole in the file takes no disk.
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        ByteBuffer length =
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, claimed);
        channel.write(length, 0);
        if (claimed == 64L << 20) {
          channel.write(ByteBuffer.allocate(1), claimed + 64);
        }
      }
      assertThatThrownBy(() -> SafeTensors.open(file))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("model.safetensors")
          .hasMessageContaining("header claims");
    }
  }

  @Test
  void anIndexThatPointsElsewhere() throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    for (String name :
        List.of("../secret", "/etc/passwd", "a/b.safetensors", "", "..", "C:\\\\x", "missing")) {
      Files.writeString(index, "{\"weight_map\": {\"a\": \"%s\"}}".formatted(name));
      assertThatThrownBy(() -> SafeTensors.open(folder))
          .as(name)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("model.safetensors.index.json");
    }
    Files.writeString(index, "{\"weight_map\": {\"a\": \"x\", \"a\": \"y\"}}");
    assertThatThrownBy(() -> SafeTensors.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("index.json");
  }

  @Test
  void aShardThatIsCutOffOrDoesNotHoldWhatTheIndexSays() throws IOException {
    try (var files = Files.list(ReferenceModels.reference("models/llama-sharded"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
    ModelWeights.open(folder).close();
    Path index = folder.resolve("model.safetensors.index.json");
    String text = Files.readString(index);
    Files.writeString(index, text.replace("\"lm_head.weight\"", "\"lm_head.height\""));
    assertThatThrownBy(() -> ModelWeights.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("index.json")
        .hasMessageContaining("lm_head.height");
    Files.writeString(index, text);
    Path shard = folder.resolve("model-00002-of-00003.safetensors");
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> ModelWeights.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model-00002-of-00003.safetensors");
    Files.delete(shard);
    assertThatThrownBy(() -> ModelWeights.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model-00002-of-00003.safetensors")
        .hasMessageContaining("missing");
  }

  @Test
  void jsonThatIsNestedOrRepeatedWithoutEnd() throws IOException {
    Path config = folder.resolve("config.json");
    for (String text :
        List.of(
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "{\"model_type\": \"llama\", \"model_type\": \"llama\"}",
            "{\"model_type\": \"" + "x".repeat(1 << 20) + "\"}",
            "\u0000",
            "")) {
      Files.writeString(config, text);
      assertThatThrownBy(() -> ModelConfig.read(config))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("config.json")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2_000));
    }
  }

  @Test
  void tensorsThatTheArchitectureDoesNotHave() throws IOException {
    Path small = ReferenceModels.own("models/llama-linear");
    Files.copy(small.resolve("config.json"), folder.resolve("config.json"));
    try (SafeTensors weights = SafeTensors.open(small)) {
      List<SafeTensors.Entry> more = new java.util.ArrayList<>(weights.entries().values());
      more.add(SafeTensors.of("model.layers.0.self_attn.q_proj.bias", new float[32], 32));
      SafeTensors.write(folder.resolve("model.safetensors"), more, Map.of());
    }
    assertThatThrownBy(() -> ModelWeights.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("q_proj.bias")
        .hasMessageContaining("does not have");
  }
}
