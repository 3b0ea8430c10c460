package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The state of a log after the full blocks that its newest checkpoint covers, taken from the file
 * {@code blocks}. It is a claim: whoever takes it reads on to the checkpoint, whose signed root
 * covers the blocks' roots and every line after them.
 */
final class Remembered {

  private Remembered() {}

  /** Null where there is too little to be worth it, or the pieces do not fit together. */
  static @Nullable Chain chain(LogFolder files) throws IOException, Damage {
    if (!Files.isRegularFile(files.checkpoint()) || !Files.isRegularFile(files.blocks())) {
      return null;
    }
    Checkpoint newest = Checkpoint.parse(Files.readString(files.checkpoint()));
    Blocks blocks = Blocks.read(files.blocks());
    // One line at least that the checkpoint covers is read, and with it the hash before it.
    int count = (int) Math.min(blocks.size(), (newest.size() - 1) / MerkleTree.BLOCK);
    if (count < 1 || !isInPlace(files, blocks, count)) {
      return null;
    }
    LogHashes hashes = new LogHashes(files.log(), blocks);
    Chain first = new Chain(Chain.Signatures.LAST);
    for (byte[] line : hashes.lines(0)) {
      first.read(line);
    }
    if (first.blocks().size() != 1 || !Arrays.equals(first.tree().root(), blocks.root(0))) {
      return null;
    }
    List<byte[]> tail = hashes.lines(count);
    return tail.isEmpty()
        ? null
        : Chain.after(blocks, count, previous(tail.getFirst()), first.publicKey());
  }

  /** Whether each block begins where its first line does, which no root says. */
  private static boolean isInPlace(LogFolder files, Blocks blocks, int count) throws IOException {
    try (FileChannel log = FileChannel.open(files.log(), StandardOpenOption.READ)) {
      for (int block = 1; block <= count; block++) {
        String begins = "\n{\"n\":" + (long) block * MerkleTree.BLOCK + ",";
        ByteBuffer bytes = ByteBuffer.allocate(begins.length());
        long start = blocks.start(block);
        if (start <= blocks.start(block - 1) || start > log.size()) {
          return false;
        }
        log.read(bytes, start - 1);
        if (!begins.equals(new String(bytes.array(), StandardCharsets.US_ASCII))) {
          return false;
        }
      }
    }
    return true;
  }

  /** What the line itself says came before it; the signed root covers the line. */
  private static String previous(byte[] line) {
    try {
      return JsonMapper.shared()
          .readTree(new String(line, StandardCharsets.UTF_8))
          .path("previous")
          .asString("");
    } catch (JacksonException e) {
      throw new BadInputException("the line is no entry", e);
    }
  }
}
