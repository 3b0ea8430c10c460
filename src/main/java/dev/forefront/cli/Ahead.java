package dev.forefront.cli;

import dev.forefront.generate.Engine;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A model that is opened while the rest of the command line is still being read: describing a verb
 * takes the JVM as long as reading a small model's file does.
 */
final class Ahead implements AutoCloseable {
  /** Verbs that open the model of this option as it is, whatever else is asked of them. */
  private static final Set<String> VERBS = Set.of("generate", "score");

  private static final String OPTION = "--model";

  private final @Nullable Path model;
  private @Nullable CompletableFuture<Engine> opening;

  private Ahead(@Nullable Path model) {
    this.model = model;
    if (model != null) {
      opening =
          CompletableFuture.supplyAsync(
              () -> Engine.open(model), work -> Main.beside("forefront-ahead", work));
    }
  }

  /** What a command line names, or nothing. */
  static Ahead of(String... line) {
    return new Ahead(line.length > 0 && VERBS.contains(line[0]) ? named(line) : null);
  }

  private static @Nullable Path named(String... line) {
    String name = null;
    for (int i = 1; i < line.length; i++) {
      if (line[i].equals(OPTION) && i + 1 < line.length) {
        name = line[i + 1];
      } else if (line[i].startsWith(OPTION + "=")) {
        name = line[i].substring(OPTION.length() + 1);
      }
    }
    try {
      return name == null ? null : Path.of(name);
    } catch (InvalidPathException wrong) {
      // Whoever reads the whole line says so.
      return null;
    }
  }

  /** The model, which is the caller's to close; opened now where nobody began. */
  Engine open(Path wanted) {
    CompletableFuture<Engine> begun = opening;
    if (begun == null || !wanted.equals(model)) {
      return Engine.open(wanted);
    }
    opening = null;
    try {
      return begun.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /** Closes the model as soon as it is there, if nobody took it. */
  @Override
  public void close() {
    if (opening != null) {
      opening.thenAccept(Engine::close);
    }
  }
}
