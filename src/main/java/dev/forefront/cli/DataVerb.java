package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Cleaning;
import dev.forefront.data.DataPipeline;
import dev.forefront.data.Document;
import dev.forefront.data.DocumentSource;
import dev.forefront.data.HeldOut;
import dev.forefront.data.Inspection;
import dev.forefront.data.Manifest;
import dev.forefront.data.TextFiles;
import dev.forefront.data.sets.Catalogue;
import dev.forefront.data.sets.DataSet;
import dev.forefront.data.sets.Pull;
import dev.forefront.data.sets.Sets;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sets and corpora: fetch, build, look into. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Fetch public sets, build a clean corpus, look into one.",
    footer = {
      "",
      "Example: ./forefront data pull text-open-storybooks",
      "         ./forefront data build --set text-open-storybooks --output runs/corpus",
      "         ./forefront data inspect runs/corpus"
    })
final class DataVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Where sets lie. */
  static final class Place {
    @Option(
        names = "--data",
        paramLabel = "FOLDER",
        description = "Where sets are kept (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("data");
  }

  @Command(
      name = "pull",
      mixinStandardHelpOptions = true,
      description = {
        "Fetch sets of the catalogue; every file is compared with its pinned SHA-256.",
        "Without a name: list the catalogue."
      },
      footer = {
        "",
        "Example: ./forefront data pull text-open-storybooks chat-personality-smalltalk",
        "         ./forefront data pull text-open-storybooks --from /mnt/sets"
      })
  int pull(
      @Parameters(paramLabel = "NAME", arity = "0..*", description = "Names of sets.")
          @Nullable List<String> names,
      @Option(
              names = "--from",
              paramLabel = "FOLDER",
              description = "Take the files from a folder that has them, or a folder of them.")
          @Nullable Path from,
      @Mixin Place place,
      @Mixin Output output) {
    Catalogue catalogue = Catalogue.builtIn();
    if (names == null || names.isEmpty()) {
      output.answer(out(), catalogue.sets(), listed(catalogue.sets()));
      return Exit.DONE;
    }
    List<DataSet> wanted = names.stream().map(catalogue::set).toList();
    List<Pull.Pulled> pulled = new ArrayList<>();
    for (DataSet set : wanted) {
      pulled.add(pull(set, from, place.folder));
    }
    output.answer(
        out(),
        pulled.stream().map(DataVerb::answer).toList(),
        pulled.stream()
            .map(
                one ->
                    "%s: %,d files fetched, %,d were there: %s"
                        .formatted(one.set(), one.fetched(), one.present(), one.folder()))
            .collect(Collectors.joining(System.lineSeparator())));
    return Exit.DONE;
  }

  private static Pull.Pulled pull(DataSet set, @Nullable Path from, Path data) {
    try (Progress progress = Progress.start("pull " + set.name(), -1, "files")) {
      Pull pull = new Pull(set, data, (file, done, all) -> progress.at(done));
      return from == null ? pull.fromPublicAddress() : pull.from(from);
    }
  }

  private static Map<String, Object> answer(Pull.Pulled pulled) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("set", pulled.set());
    answer.put("folder", pulled.folder().toString());
    answer.put("fetched", pulled.fetched());
    answer.put("present", pulled.present());
    return answer;
  }

  private static String listed(List<DataSet> sets) {
    return sets.stream()
        .map(
            set ->
                "%-30s %-8s %-7s %s (%s)"
                    .formatted(
                        set.name(),
                        set.use().name().toLowerCase(java.util.Locale.ROOT),
                        set.reach().name().toLowerCase(java.util.Locale.ROOT),
                        set.title(),
                        set.licence()))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  @Command(
      name = "build",
      mixinStandardHelpOptions = true,
      description =
          "Build a corpus: drop copies, held-out text and what is no prose, redact personal data, write a manifest.",
      footer = {
        "",
        "Example: ./forefront data build --set text-open-storybooks,text-fairytaleqa --output runs/corpus",
        "         ./forefront data build --input letters/ --licence CC0-1.0 --output runs/corpus"
      })
  int build(
      @Option(
              names = "--set",
              split = ",",
              paramLabel = "NAME",
              description = "Sets of the catalogue, pulled before.")
          @Nullable List<String> sets,
      @Option(
              names = "--input",
              split = ",",
              paramLabel = "PATH",
              description = "Text files, JSON lines, or folders of them.")
          @Nullable List<Path> inputs,
      @Option(
              names = "--licence",
              defaultValue = "unknown",
              description = "Licence of plain text files (default: ${DEFAULT-VALUE}).")
          String licence,
      @Option(
              names = "--held-out",
              split = ",",
              paramLabel = "PATH",
              description = "Texts that measure: what shares words with them is dropped.")
          @Nullable List<Path> heldOut,
      @Option(
              names = "--decontaminate",
              defaultValue = "13",
              paramLabel = "WORDS",
              description = "Words in a row that count as shared (default: ${DEFAULT-VALUE}).")
          int sharedWords,
      @Option(
              names = "--near-duplicate",
              defaultValue = "0.8",
              paramLabel = "SHARE",
              description =
                  "Similarity from which a document is a copy; 1 drops exact copies only (default: ${DEFAULT-VALUE}).")
          double nearDuplicate,
      @Option(
              names = "--no-redact",
              description = "Keep addresses and numbers that point to people.")
          boolean unredacted,
      @Option(names = "--no-filter", description = "Keep readable documents that are no prose.")
          boolean unfiltered,
      @Option(
              names = "--output",
              required = true,
              paramLabel = "FOLDER",
              description = "Gets corpus.jsonl and manifest.json.")
          Path folder,
      @Mixin Place place,
      @Mixin Output output) {
    List<DocumentSource> sources = new ArrayList<>();
    Sets known = new Sets(Catalogue.builtIn(), place.folder);
    for (String set : sets == null ? List.<String>of() : sets) {
      sources.add(known.forPretraining(set));
    }
    for (Path input : inputs == null ? List.<Path>of() : inputs) {
      sources.add(TextFiles.of(input, licence));
    }
    if (sources.isEmpty()) {
      throw new BadInputException("there is nothing to build from: name --set or --input");
    }
    DataPipeline pipeline =
        new DataPipeline(
            new Cleaning(nearDuplicate, !unredacted, !unfiltered),
            new HeldOut(texts(heldOut == null ? List.of() : heldOut), sharedWords));
    try (Progress progress = Progress.start("data build", -1, "documents")) {
      Manifest manifest = pipeline.run(sources, folder, progress);
      output.answer(out(), manifest, manifest.summary());
    }
    return Exit.DONE;
  }

  private static List<String> texts(List<Path> files) {
    List<String> texts = new ArrayList<>();
    for (Path file : files) {
      try (Stream<? extends Document> documents = TextFiles.of(file, "").documents().get()) {
        documents.forEach(
            document -> document.texts().forEach(text -> text.lines().forEach(texts::add)));
      }
    }
    return texts;
  }

  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      description = "Count what a corpus, a text file or a pulled set holds.",
      footer = {"", "Example: ./forefront data inspect runs/corpus"})
  int inspect(
      @Parameters(paramLabel = "WHAT", description = "A corpus folder, a file, or a set's name.")
          String what,
      @Mixin Place place,
      @Mixin Output output) {
    Path path = Path.of(what);
    DocumentSource source;
    if (Files.isRegularFile(path.resolve("corpus.jsonl"))) {
      source = TextFiles.of(path.resolve("corpus.jsonl"), "unknown");
    } else if (Files.exists(path)) {
      source = TextFiles.of(path, "unknown");
    } else {
      source = new Sets(Catalogue.builtIn(), place.folder).forPretraining(what);
    }
    Inspection inspection = Inspection.of(source);
    output.answer(
        out(),
        inspection,
        "%,d documents (%,d conversations), %,d words, %,d characters, the longest %,d%nsources   %s%nlicences  %s"
            .formatted(
                inspection.documents(),
                inspection.dialogues(),
                inspection.words(),
                inspection.characters(),
                inspection.longest(),
                inspection.sources(),
                inspection.licences()));
    return Exit.DONE;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
