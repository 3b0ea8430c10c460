package dev.forefront.guard;

import java.util.List;

/** The built-in rules without trained heads: for what is proved of reading, whoever then judges. */
final class RulesAlone {
  private RulesAlone() {}

  static Guard guard() {
    return Guard.of(List.of(Rules.parse(GuardTraining.builtInRules(), "rules.yaml")));
  }
}
