package dev.forefront.cli;

import dev.forefront.conversation.SigningKey;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keys of board members. */
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Make a key to sign with.",
    footer = {"", "Example: ./forefront release key new --out alice.pem"})
final class KeyVerb implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = {
        "Make an Ed25519 key, encrypted under a passphrase, and print its public half for the board file.",
        "The passphrase is asked for, or read from a file."
      },
      footer = {
        "",
        "Example: ./forefront release key new --out alice.pem",
        "         ./forefront release key new --out alice.pem --passphrase-file alice.secret --json"
      })
  int create(
      @Option(
              names = "--out",
              required = true,
              paramLabel = "FILE",
              description = "Where the key is written, with mode 600.")
          Path out,
      @Mixin PassphraseSource passphrase,
      @Mixin Output output) {
    SigningKey.Pair pair = SigningKey.generate();
    pair.signing().write(out, "Key of a board member: keep it to yourself.", passphrase.ofNew(out));
    String publicKey = pair.verifying().base64();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("key", out.toString());
    answer.put("public_key", publicKey);
    answer.put("key_id", pair.verifying().id());
    output.answer(
        spec.commandLine().getOut(),
        answer,
        "%s is written; its public half, for the board file:%n  %s".formatted(out, publicKey));
    return Exit.DONE;
  }
}
