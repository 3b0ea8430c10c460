package dev.forefront.align;

import java.util.List;

/** Something that an update learns from: a prompt with one or several replies. */
interface Example {

  /** As many for each example of a tuning, in the same order. */
  List<Sequence> sequences();
}
