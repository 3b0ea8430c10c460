package dev.forefront.audit;

import dev.forefront.audit.LogReader.RawLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The tree's inner hashes: of full blocks as remembered, of parts of blocks from the log's lines,
 * which are read again.
 */
final class LogHashes implements MerkleProof.Subtrees {
  private final Path log;
  private final Blocks blocks;
  private long cachedBlock = -1;
  private List<byte[]> cached = List.of();

  LogHashes(Path log, Blocks blocks) {
    this.log = log;
    this.blocks = blocks;
  }

  @Override
  public byte[] root(long from, long to) {
    long width = to - from;
    if (width == 1) {
      return leaf(from);
    }
    if (width == MerkleTree.BLOCK
        && from % MerkleTree.BLOCK == 0
        && from / MerkleTree.BLOCK < blocks.size()) {
      return blocks.root((int) (from / MerkleTree.BLOCK));
    }
    long middle = from + MerkleProof.split(width);
    return MerkleTree.node(root(from, middle), root(middle, to));
  }

  private byte[] leaf(long number) {
    long block = number / MerkleTree.BLOCK;
    int within = (int) (number % MerkleTree.BLOCK);
    if (block != cachedBlock || within >= cached.size()) {
      cached = leaves(Math.toIntExact(block));
      cachedBlock = block;
    }
    if (within >= cached.size()) {
      throw new UncheckedIOException(new IOException(log + " has no entry " + number));
    }
    return cached.get(within);
  }

  private List<byte[]> leaves(int block) {
    return lines(block).stream().map(MerkleTree::leaf).toList();
  }

  /** The lines of a block, fewer where it is the last. */
  List<byte[]> lines(int block) {
    List<byte[]> lines = new ArrayList<>();
    try (LogReader reader = new LogReader(log, blocks.start(block))) {
      for (RawLine line = reader.next();
          line != null && line.terminated();
          line = lines.size() < MerkleTree.BLOCK ? reader.next() : null) {
        lines.add(line.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
