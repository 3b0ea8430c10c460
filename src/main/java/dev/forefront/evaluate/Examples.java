package dev.forefront.evaluate;

import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.evaluate.ReportPage.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Example conversations, stage by stage; requests of real harmful sets by category alone. */
final class Examples {

  private static final int LONGEST = 4000;

  private Examples() {}

  static void write(Html page, List<Stage> stages) {
    if (stages.stream().allMatch(stage -> stage.report().examples().isEmpty())) {
      return;
    }
    page.raw("<section>\n").element("h2", "", "Example conversations");
    for (Stage stage : stages.reversed()) {
      if (stage.report().examples().isEmpty()) {
        continue;
      }
      page.raw(stage == stages.getLast() ? "<details open>\n" : "<details>\n");
      page.element("summary", "", stage.name());
      bySuite(stage.report().examples()).forEach((suite, examples) -> write(page, suite, examples));
      page.raw("</details>\n");
    }
    page.raw("</section>\n");
  }

  private static SequencedMap<String, List<Example>> bySuite(List<Example> examples) {
    SequencedMap<String, List<Example>> suites = new LinkedHashMap<>();
    for (Example example : examples) {
      suites.computeIfAbsent(example.suite(), fresh -> new ArrayList<>()).add(example);
    }
    return suites;
  }

  private static void write(Html page, String suite, List<Example> examples) {
    page.element("h3", "", suite).raw("<div class=\"talks\">\n");
    examples.forEach(example -> write(page, example));
    page.raw("</div>\n");
  }

  private static void write(Html page, Example example) {
    String kind = example.outcome().equals("passed") ? "passed" : "failed";
    page.raw("<article class=\"talk\">\n<p class=\"meta\">");
    page.raw("<span class=\"" + kind + "\">").text(example.outcome()).raw("</span> ");
    page.text(example.hazard().isEmpty() ? "" : "hazard: " + example.hazard()).raw("</p>\n");
    for (Message message : example.conversation().messages()) {
      boolean withheld =
          example.showing() == Example.Showing.CATEGORY && message.role() != Role.ASSISTANT;
      String said = withheld ? "(a harmful request; its words are not printed)" : message.content();
      page.raw("<p class=\"turn " + message.role().wireName() + "\"><span class=\"role\">");
      page.text(message.role().wireName()).raw("</span>").text(shortened(said)).raw("</p>\n");
    }
    page.raw("</article>\n");
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " …";
  }
}
