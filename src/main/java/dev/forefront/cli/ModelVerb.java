package dev.forefront.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Models as files: what is in them, and turning one kind into another. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Look into a model's files; import, export and quantize them.",
    subcommands = {
      ModelInspectVerb.class,
      ModelImportVerb.class,
      ModelExportVerb.class,
      ModelQuantizeVerb.class
    },
    footer = {
      "",
      "Example: ./forefront model inspect model.gguf",
      "         ./forefront model import model.gguf --output models/mine"
    })
final class ModelVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
