package dev.forefront.conversation;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/** SHA-256 of the very bytes that a model folder's files were loaded from. Any thread may call. */
public final class LoadedFiles implements Loading {
  /** Stands where two readings of one file differed; equals no digest. */
  private static final String CHANGED = "changed while it was loaded";

  /** A buffer holds at most 2 GB. */
  private static final long PIECE = 64L << 20;

  private final SortedMap<String, String> hashes = new TreeMap<>();

  @Override
  public void took(Path file, MemorySegment bytes) {
    String hash = hash(bytes);
    synchronized (hashes) {
      hashes.merge(
          String.valueOf(file.getFileName()),
          hash,
          (one, other) -> one.equals(other) ? one : CHANGED);
    }
  }

  private static String hash(MemorySegment bytes) {
    MessageDigest digest = Sha256.digest();
    for (long at = 0; at < bytes.byteSize(); at += PIECE) {
      digest.update(bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).asByteBuffer());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Digests in hex by file name. */
  public SortedMap<String, String> hashes() {
    synchronized (hashes) {
      return Collections.unmodifiableSortedMap(new TreeMap<>(hashes));
    }
  }
}
