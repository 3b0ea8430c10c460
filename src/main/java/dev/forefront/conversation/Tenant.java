package dev.forefront.conversation;

/**
 * On whose behalf a model is asked. What a model keeps of one tenant's texts, to be faster the next
 * time, is used for that tenant alone: nobody learns from the time of an answer what others asked.
 * Where many wait, tenants take turns.
 *
 * @param id tells tenants apart and is shown to nobody
 */
public record Tenant(String id) {

  /** Whoever says not who asks: nothing is kept for them, and nothing used again. */
  public static final Tenant NOBODY = new Tenant("");

  /** Whether anything may be kept for them. */
  public boolean isKnown() {
    return !id.isEmpty();
  }

  /** Ids may stem from secrets. */
  @Override
  public String toString() {
    return isKnown() ? "a tenant" : "nobody";
  }
}
