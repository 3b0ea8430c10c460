package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a SentencePiece {@code tokenizer.model}: a protocol-buffer message whose field 1, repeated,
 * holds the pieces, whose field 2 tells how it was trained, and field 3 how text is prepared
 * (https://github.com/google/sentencepiece, sentencepiece_model.proto).
 */
final class SentencePiece {
  private static final int BPE = 2;

  private final String origin;
  private final List<String> tokens = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();
  private int modelType = 1;
  private boolean prefix = true;
  private int unknownId;
  private int bosId = 1;
  private int eosId = 2;

  private SentencePiece(String origin) {
    this.origin = origin;
  }

  /**
   * @param origin the file, for messages
   * @throws BadInputException where it is cut off, or no BPE model
   */
  static EmbeddedVocabulary read(byte[] bytes, String origin) {
    SentencePiece reader = new SentencePiece(origin);
    ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (message.hasRemaining()) {
      long tag = reader.number(message);
      switch ((int) (tag >>> 3)) {
        case 1 -> reader.piece(reader.inner(message, tag));
        case 2 -> reader.training(reader.inner(message, tag));
        case 3 -> reader.preparation(reader.inner(message, tag));
        default -> reader.skip(message, tag);
      }
    }
    if (reader.modelType != BPE || reader.tokens.isEmpty()) {
      throw new BadInputException(
          origin + " is no SentencePiece model of type BPE: convert it to a tokenizer.json");
    }
    return new EmbeddedVocabulary(
        "llama",
        "default",
        reader.tokens,
        reader.types,
        reader.scores,
        List.of(),
        reader.bosId,
        reader.eosId,
        reader.unknownId,
        true,
        false,
        reader.prefix,
        "");
  }

  private void piece(ByteBuffer message) {
    String text = "";
    float score = 0;
    int type = 1;
    while (message.hasRemaining()) {
      long tag = number(message);
      switch ((int) tag) {
        case 1 << 3 | 2 -> text = StandardCharsets.UTF_8.decode(inner(message, tag)).toString();
        case 2 << 3 | 5 -> score = Float.intBitsToFloat(fixed(message));
        case 3 << 3 -> type = (int) number(message);
        default -> skip(message, tag);
      }
    }
    tokens.add(text);
    scores.add(score);
    types.add(type);
  }

  private void training(ByteBuffer message) {
    while (message.hasRemaining()) {
      long tag = number(message);
      switch ((int) tag) {
        case 3 << 3 -> modelType = (int) number(message);
        case 40 << 3 -> unknownId = (int) number(message);
        case 41 << 3 -> bosId = (int) number(message);
        case 42 << 3 -> eosId = (int) number(message);
        default -> skip(message, tag);
      }
    }
  }

  private void preparation(ByteBuffer message) {
    while (message.hasRemaining()) {
      long tag = number(message);
      if (tag == 3 << 3) {
        prefix = number(message) != 0;
      } else {
        skip(message, tag);
      }
    }
  }

  private ByteBuffer inner(ByteBuffer message, long tag) {
    if ((tag & 7) != 2) {
      throw broken();
    }
    long length = number(message);
    if (length < 0 || length > message.remaining()) {
      throw broken();
    }
    ByteBuffer inner =
        message.slice(message.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    message.position(message.position() + (int) length);
    return inner;
  }

  private void skip(ByteBuffer message, long tag) {
    switch ((int) (tag & 7)) {
      case 0 -> number(message);
      case 1 -> {
        fixed(message);
        fixed(message);
      }
      case 2 -> inner(message, tag);
      case 5 -> fixed(message);
      default -> throw broken();
    }
  }

  private int fixed(ByteBuffer message) {
    if (message.remaining() < 4) {
      throw broken();
    }
    return message.getInt();
  }

  private long number(ByteBuffer message) {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!message.hasRemaining()) {
        throw broken();
      }
      byte next = message.get();
      number |= (next & 127L) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw broken();
  }

  private BadInputException broken() {
    return new BadInputException(
        origin + " is no SentencePiece model that can be read: it may be cut off");
  }
}
