package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SortedMap;

/**
 * A release's model for other tools: its folder in Hugging Face's layout with model card, bill of
 * materials and lineage beside the weights, and the publisher's signature over all of it. Only what
 * the gate admitted is signed.
 */
public final class Export {
  private static final List<String> PAPERS =
      List.of(
          ReleaseFiles.MODEL_CARD,
          ReleaseFiles.ML_BOM,
          ReleaseFiles.LINEAGE,
          ReleaseFiles.SAFETY_CASE);

  private Export() {}

  /**
   * @param out a folder that is not there yet
   * @throws RefusedException where a copy has another digest than the board signed
   */
  public static void write(Release release, PublisherKey key, Path out) {
    Path target = out.toAbsolutePath().normalize();
    if (Files.exists(target)) {
      throw new BadInputException(out + " exists already: an export goes into a folder of its own");
    }
    Path staging = target.resolveSibling("." + target.getFileName() + ".staging");
    try {
      FileTree.delete(staging);
      for (String name : release.files().keySet()) {
        if (name.startsWith(ReleaseFiles.MODEL)) {
          String plain = name.substring(ReleaseFiles.MODEL.length());
          Staging.copyFile(release.folder().resolve(name), staging, plain);
        } else if (PAPERS.contains(name)) {
          Staging.copyFile(release.folder().resolve(name), staging, name);
        }
      }
      SortedMap<String, String> copied = ReleaseFiles.readAnyNames(staging).hashes();
      requireSigned(release, copied);
      AtomicFile.write(
          staging.resolve(ModelSignature.FILE), ModelSignature.sign(release.name(), copied, key));
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      FileTree.delete(staging);
    }
  }

  /** The copies are what the board signed, also where someone wrote to the release meanwhile. */
  private static void requireSigned(Release release, SortedMap<String, String> copied) {
    SortedMap<String, String> listed = release.files();
    List<String> changed =
        copied.entrySet().stream()
            .filter(
                file -> {
                  String name =
                      PAPERS.contains(file.getKey())
                          ? file.getKey()
                          : ReleaseFiles.MODEL + file.getKey();
                  return !file.getValue().equals(listed.get(name));
                })
            .map(file -> file.getKey() + " has changed since the statement was written")
            .toList();
    if (!changed.isEmpty()) {
      throw new RefusedException("exporting " + release.name(), changed);
    }
  }
}
