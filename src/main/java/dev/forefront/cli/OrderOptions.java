package dev.forefront.cli;

import dev.forefront.conversation.SigningKey;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What every order of a board has: a reason, a key that signs it, and a registry that it is for.
 */
final class OrderOptions {
  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  private String reason = "";

  @Mixin private KeySource key = new KeySource();
  @Mixin private ReleaseVerb.Place place = new ReleaseVerb.Place();
  @Mixin private Output output = new Output();

  String reason() {
    return reason;
  }

  SigningKey key() {
    return key.open();
  }

  ReleaseVerb.Place place() {
    return place;
  }

  void answer(PrintWriter out, Object forPrograms, String forPeople) {
    output.answer(out, forPrograms, forPeople);
  }
}
