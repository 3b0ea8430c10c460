package dev.forefront.conversation;

/** Who speaks. The lower-case name is the one that chat templates and wire formats use. */
public enum Role {
  SYSTEM,
  USER,
  ASSISTANT;

  /**
   * The name in chat templates and in both vendors' APIs: {@code system}, {@code user}, {@code
   * assistant}.
   */
  public String wireName() {
    return switch (this) {
      case SYSTEM -> "system";
      case USER -> "user";
      case ASSISTANT -> "assistant";
    };
  }

  /**
   * @throws IllegalArgumentException where the name is none of the three
   */
  public static Role ofWireName(String name) {
    for (Role role : values()) {
      if (role.wireName().equals(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException("role \"" + name + "\" is none of system, user, assistant");
  }
}
