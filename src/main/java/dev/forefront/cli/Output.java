package dev.forefront.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** An answer for people, or with {@code --json} for programs. */
final class Output {
  @Option(names = "--json", description = "Print the answer as JSON.")
  private boolean json;

  void answer(PrintWriter out, Object forPrograms, String forPeople) {
    out.println(json ? JsonMapper.shared().writeValueAsString(forPrograms) : forPeople);
    out.flush();
  }

  boolean isJson() {
    return json;
  }
}
