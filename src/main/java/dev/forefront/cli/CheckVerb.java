package dev.forefront.cli;

import dev.forefront.release.ModelSignature;
import dev.forefront.release.PublisherKey;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A signed model of anyone's. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Verify an exported model, or anyone's, by the model.sig in its folder and the publisher's public key.",
    footer = {
      "",
      "Example: openssl pkey -in publisher.pem -pubout -out publisher.pub.pem",
      "         ./forefront release check tiny-1 --publisher publisher.pub.pem"
    })
final class CheckVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "A folder with a model.sig.")
  private Path folder = Path.of("");

  @Option(
      names = "--publisher",
      required = true,
      paramLabel = "FILE",
      description = "The publisher's public key in PEM, from a place that you trust.")
  private Path publisher = Path.of("");

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<String> reasons = ModelSignature.verify(folder, PublisherKey.Verifying.read(publisher));
    if (!reasons.isEmpty()) {
      return ReleaseVerb.refused(out, output, folder.toString(), reasons);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("decision", "verified");
    answer.put("folder", folder.toString());
    output.answer(out, answer, folder + " is what the publisher signed");
    return Exit.DONE;
  }
}
