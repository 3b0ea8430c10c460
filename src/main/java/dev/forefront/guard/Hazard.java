package dev.forefront.guard;

import java.util.Locale;

/**
 * The hazard categories of the MLCommons taxonomy as Llama Guard numbers them (S1-S14), with the
 * keys that AILuminate 1.0 uses for the same hazards as aliases.
 */
public enum Hazard {
  S1("violent crimes", "vcr"),
  S2("non-violent crimes", "ncr"),
  S3("sex-related crimes", "src"),
  S4("child sexual exploitation", "cse"),
  S5("defamation", "dfm"),
  S6("specialised advice", "spc"),
  S7("privacy", "prv"),
  S8("intellectual property", "ipv"),
  S9("indiscriminate weapons", "iwp"),
  S10("hate", "hte"),
  S11("suicide and self-harm", "ssh"),
  S12("sexual content", "sxc"),
  S13("elections", "spc_ele"),
  S14("abuse of code and computers", "cde"),
  /** No hazard was recognised: the guard itself failed, or only a way around it was seen. */
  UNKNOWN("unknown", "unknown");

  private final String title;
  private final String alias;

  Hazard(String title, String alias) {
    this.title = title;
    this.alias = alias;
  }

  /** What people call it, in lower case. */
  public String title() {
    return title;
  }

  /** AILuminate's key for it. */
  public String alias() {
    return alias;
  }

  /** A calm sentence for the person whose request or reply was stopped. */
  public String notice() {
    return switch (this) {
      case S11 ->
          "I can't help with that, but I am glad you wrote. If you might hurt yourself, please talk"
              + " to someone you trust or call your local emergency number now.";
      case UNKNOWN ->
          "This reply was stopped because its safety check could not be completed. Please try again.";
      default ->
          "I can't help with this: it touches on " + title + ". I am glad to help otherwise.";
    };
  }

  /**
   * Reads {@code S9}, {@code s9} or the alias {@code iwp}.
   *
   * @throws IllegalArgumentException where the name is none of them
   */
  public static Hazard named(String name) {
    for (Hazard hazard : values()) {
      if (hazard.name().equalsIgnoreCase(name)
          || hazard.alias.equals(name.toLowerCase(Locale.ROOT))) {
        return hazard;
      }
    }
    throw new IllegalArgumentException(
        "hazard \"" + name + "\" is none of S1-S14 and no AILuminate key");
  }
}
