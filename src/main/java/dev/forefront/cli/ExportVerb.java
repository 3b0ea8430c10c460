package dev.forefront.cli;

import dev.forefront.release.Admitted;
import dev.forefront.release.Export;
import dev.forefront.release.ModelSignature;
import dev.forefront.release.PublisherKey;
import dev.forefront.release.Refused;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A release's model for other tools. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Copy a release's model, card and bill of materials for other tools, signed in the OpenSSF Model Signing format.",
    footer = {
      "",
      "Example: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out publisher.pem",
      "         ./forefront release export tiny-1 --key publisher.pem --out tiny-1"
    })
final class ExportVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "NAME", description = "Name of the release.")
  private String name = "";

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "The publisher's private key (P-256, PKCS#8 PEM, file mode 600).")
  private Path key = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "A folder that is not there yet.")
  private Path folder = Path.of("");

  @Mixin private ReleaseVerb.Place place = new ReleaseVerb.Place();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PublisherKey publisher = PublisherKey.read(key);
    return switch (place.open().open(name)) {
      case Refused refused -> ReleaseVerb.refused(out, output, name, refused.reasons());
      case Admitted admitted -> {
        Export.write(admitted.release(), publisher, folder);
        String pem = publisher.verifying().pem();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", name);
        answer.put("folder", folder.toString());
        answer.put("signature", folder.resolve(ModelSignature.FILE).toString());
        answer.put("public_key", pem);
        output.answer(
            out,
            answer,
            "%s is exported to %s and signed; the publisher's public key is%n%s"
                .formatted(name, folder, pem.strip()));
        yield Exit.DONE;
      }
    };
  }
}
