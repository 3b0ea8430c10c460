package dev.forefront.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Metadata for a GGUF file to write, in the order in which it is put. */
public final class GgufMetadata {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Set<String> keys = new HashSet<>();

  public GgufMetadata put(String key, String value) {
    begin(key, GgufScalar.TEXT);
    text(value);
    return this;
  }

  public GgufMetadata put(String key, int value) {
    begin(key, GgufScalar.UINT32.code());
    number(value);
    return this;
  }

  public GgufMetadata put(String key, float value) {
    begin(key, GgufScalar.FLOAT32.code());
    number(Float.floatToRawIntBits(value));
    return this;
  }

  public GgufMetadata put(String key, boolean value) {
    begin(key, GgufScalar.BOOL.code());
    bytes.write(value ? 1 : 0);
    return this;
  }

  public GgufMetadata putTexts(String key, List<String> values) {
    array(key, GgufScalar.TEXT, values.size());
    values.forEach(this::text);
    return this;
  }

  public GgufMetadata putFloats(String key, List<Float> values) {
    array(key, GgufScalar.FLOAT32.code(), values.size());
    values.forEach(value -> number(Float.floatToRawIntBits(value)));
    return this;
  }

  public GgufMetadata putInts(String key, List<Integer> values) {
    array(key, GgufScalar.INT32.code(), values.size());
    values.forEach(this::number);
    return this;
  }

  int count() {
    return keys.size();
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  private void array(String key, int type, int count) {
    begin(key, GgufScalar.ARRAY);
    number(type);
    wide(count);
  }

  private void begin(String key, int type) {
    if (!keys.add(key)) {
      throw new IllegalArgumentException(key + " was put twice");
    }
    text(key);
    number(type);
  }

  private void text(String value) {
    byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
    wide(encoded.length);
    bytes.writeBytes(encoded);
  }

  private void number(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void wide(long value) {
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }
}
