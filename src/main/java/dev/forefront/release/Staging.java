package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.ModelDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies what a draft names into a release folder. What is judged later is the copy. */
final class Staging {

  private Staging() {}

  static void copy(Draft draft, Path folder) {
    // The digest's files alone: nothing may come along that evaluation did not cover.
    for (Path file : ModelDigest.files(draft.model())) {
      copyFile(file, folder, ReleaseFiles.MODEL + file.getFileName());
    }
    int number = 1;
    for (Path report : draft.reports()) {
      copyReport(report, folder, ReleaseFiles.REPORTS + number++);
    }
    draft
        .stageReports()
        .forEach((stage, report) -> copyFile(json(report), folder, stageReport(stage)));
    copyFile(draft.policy(), folder, ReleaseFiles.POLICY);
    if (draft.constitution() != null) {
      copyFile(draft.constitution(), folder, ReleaseFiles.CONSTITUTION);
    }
    Path lineage = lineage(draft);
    if (lineage != null) {
      copyFile(lineage, folder, ReleaseFiles.LINEAGE);
    }
    if (draft.guard() != null) {
      copyTree(draft.guard(), folder, ReleaseFiles.GUARD);
    }
  }

  private static @Nullable Path lineage(Draft draft) {
    Path beside = draft.model().resolve(ReleaseFiles.LINEAGE);
    return draft.lineage() == null && Files.isRegularFile(beside) ? beside : draft.lineage();
  }

  private static String stageReport(String stage) {
    if (!Lineage.isStageName(stage)) {
      throw new BadInputException(
          "\"%s\" is no name of a stage: use lower-case letters, digits, hyphens and underscores"
              .formatted(stage));
    }
    return ReleaseFiles.STAGES + stage + ReleaseFiles.REPORT_JSON;
  }

  private static Path json(Path report) {
    return Files.isDirectory(report) ? report.resolve("report.json") : report;
  }

  private static void copyReport(Path report, Path folder, String name) {
    Path json = json(report);
    copyFile(json, folder, name + ReleaseFiles.REPORT_JSON);
    Path page = json.resolveSibling("report.html");
    if (Files.isRegularFile(page)) {
      copyFile(page, folder, name + ReleaseFiles.REPORT_PAGE);
    }
  }

  private static void copyTree(Path from, Path folder, String below) {
    if (!Files.isDirectory(from)) {
      throw new BadInputException(from + " is no folder of a guard");
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Path file : files) {
      copyFile(file, folder, below + from.relativize(file).toString().replace('\\', '/'));
    }
  }

  static void copyFile(Path from, Path folder, String name) {
    if (!ReleaseFiles.isName(name)) {
      throw new BadInputException(
          "%s cannot be released under this name: use letters, digits, dot, hyphen, underscore"
              .formatted(from));
    }
    if (!Files.isRegularFile(from)) {
      throw new BadInputException(from + " does not exist or is no file");
    }
    AtomicFile.write(
        folder.resolve(name),
        target -> {
          try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ)) {
            long size = source.size();
            for (long done = 0; done < size; ) {
              long copied = source.transferTo(done, size - done, target);
              if (copied <= 0) {
                throw new IOException(from + " became shorter while it was copied");
              }
              done += copied;
            }
          }
        });
  }
}
