package dev.forefront.release;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A part of a release that stands between the model and the people. */
enum Safeguard {
  /** Rules, classifier or probes that watch what goes in and comes out. */
  GUARD("a guard", name -> name.startsWith(ReleaseFiles.GUARD)),
  /** The guard's thresholds, as they were set for this very model. */
  CALIBRATION(
      "a calibration of the guard",
      name -> name.startsWith(ReleaseFiles.GUARD) && name.endsWith("calibration.json")),
  /** The principles that the model was tuned by. */
  CONSTITUTION("a constitution", name -> name.equals(ReleaseFiles.CONSTITUTION)),
  /** Where the model is from. */
  LINEAGE("a lineage", name -> name.equals(ReleaseFiles.LINEAGE));

  private final String title;
  private final Predicate<String> file;

  Safeguard(String title, Predicate<String> file) {
    this.title = title;
    this.file = file;
  }

  static Optional<Safeguard> named(String name) {
    return Stream.of(values()).filter(one -> one.key().equals(name)).findFirst();
  }

  static String known() {
    return Stream.of(values()).map(Safeguard::key).collect(Collectors.joining(", "));
  }

  /** Its name in a policy. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  String title() {
    return title;
  }

  /** Whether a path inside a release is one of its files. */
  boolean isFile(String name) {
    return file.test(name);
  }

  boolean isIn(Set<String> files) {
    return files.stream().anyMatch(file);
  }
}
