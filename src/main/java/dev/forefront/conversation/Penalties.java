package dev.forefront.conversation;

/**
 * What makes a reply repeat itself less.
 *
 * @param repetition divides positive and multiplies negative logits of tokens that prompt or reply
 *     hold, once for each token; 1 is none (Keskar et al. 2019, section 4.1)
 * @param presence taken off the logits of tokens that the reply holds; 0 is none
 * @param frequency taken off likewise, as often as the reply holds the token; 0 is none
 * @param noRepeatNgram no sequence of so many tokens comes twice in prompt and reply; 0 is none
 */
public record Penalties(float repetition, float presence, float frequency, int noRepeatNgram) {

  /** No penalty at all. */
  public static final Penalties NONE = new Penalties(1, 0, 0, 0);

  public Penalties {
    if (!(repetition > 0) || Float.isInfinite(repetition)) {
      throw new IllegalArgumentException("repetition_penalty must be above 0, not " + repetition);
    }
    if (!Float.isFinite(presence)) {
      throw new IllegalArgumentException("presence_penalty must be a number, not " + presence);
    }
    if (!Float.isFinite(frequency)) {
      throw new IllegalArgumentException("frequency_penalty must be a number, not " + frequency);
    }
    if (noRepeatNgram < 0) {
      throw new IllegalArgumentException(
          "no_repeat_ngram_size must be 0 or more, not " + noRepeatNgram);
    }
  }
}
