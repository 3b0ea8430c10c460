package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Erasure;
import dev.forefront.conversation.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Erases what people wrote, where the operator had it kept; the log itself stays as it is. */
@Command(
    name = "erase",
    mixinStandardHelpOptions = true,
    description = {
      "Erase kept texts, and record that. The log still verifies: its entries hold salted",
      "commitments alone. The server must not be running."
    },
    footer = {
      "",
      "Example: ./forefront audit erase runs/serve/audit --request req_abc",
      "         ./forefront audit erase runs/serve/audit --before 2026-01-31"
    })
final class AuditEraseVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The log's folder.")
  private Path folder = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Which which = new Which();

  @Mixin private Output output = new Output();

  /** One of them. */
  static final class Which {
    @Option(names = "--request", paramLabel = "ID", description = "The texts of one request.")
    private @Nullable String request;

    @Option(
        names = "--user",
        paramLabel = "NAME",
        description = "All texts of a caller, by the name or address that the record has.")
    private @Nullable String user;

    @Option(
        names = "--before",
        paramLabel = "DATE",
        description = "All texts of entries before this day or time (UTC).")
    private @Nullable String before;

    Erasure erasure() {
      if (request != null) {
        return new Erasure.Tagged("request_id", request);
      }
      if (user != null) {
        return new Erasure.Tagged("caller", user);
      }
      return new Erasure.Before(time(before == null ? "" : before));
    }

    private static Instant time(String text) {
      try {
        return text.contains("T")
            ? Instant.parse(text)
            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      } catch (DateTimeException e) {
        throw new BadInputException(
            "\"%s\" is no day such as 2026-01-31, nor a time such as 2026-01-31T12:00:00Z"
                .formatted(text),
            e);
      }
    }
  }

  @Override
  public Integer call() {
    if (!Files.isRegularFile(folder.resolve("log.jsonl"))) {
      throw new BadInputException(folder + " holds no audit log: there is no log.jsonl in it");
    }
    int erased;
    try (AuditLog log = AuditLog.open(folder)) {
      erased = log.erase(which.erasure());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("erased", erased);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        erased == 0
            ? "nothing was erased: no kept text is meant"
            : "the texts of %d entries are erased, and an entry says so".formatted(erased));
    return Exit.DONE;
  }
}
