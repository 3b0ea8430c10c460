package dev.forefront.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where Forefront's own files lie, wherever it is started from. */
final class Home {

  private Home() {}

  /** A file as it is named, or of that name in the launcher's folder. */
  static Path file(String name) {
    Path here = Path.of(name);
    String home = System.getProperty("forefront.home");
    return Files.exists(here) || home == null ? here : Path.of(home).resolve(name);
  }
}
