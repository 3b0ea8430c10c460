package dev.forefront.generate;

import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.LanguageModel.Readings;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A reply that is asked of a model below the tokenizer.
 *
 * @param ends tokens that end it and are not told
 * @param following the form that it is bound to
 * @param watch that reads every token, the last one too
 * @param readings hears the watch
 */
record Request(
    Tenant tenant,
    int[] prompt,
    Sampling sampling,
    IntPredicate ends,
    @Nullable Following following,
    @Nullable Watch watch,
    Readings readings) {

  /** Where no probe is set there is nothing to hear. */
  static final Readings UNREAD = (place, promptTokens, logits) -> Next.CONTINUE;

  /**
   * How a reply ended.
   *
   * @param reused tokens of the prompt that were not read again
   */
  record Ended(StopReason stop, int reused) {}

  static Request of(int[] prompt, Sampling sampling, IntPredicate ends) {
    return new Request(Tenant.NOBODY, prompt, sampling, ends, null, null, UNREAD);
  }

  Request by(Tenant who) {
    return new Request(who, prompt, sampling, ends, following, watch, readings);
  }

  Request following(@Nullable Following form) {
    return new Request(tenant, prompt, sampling, ends, form, watch, readings);
  }

  Request watchedBy(Watch probe, Readings hearer) {
    return new Request(tenant, prompt, sampling, ends, following, probe, hearer);
  }
}
