package dev.forefront.conversation;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * What waits, for whom: tenants take turns, and what one tenant waits for comes in order. Not safe
 * to use from several threads.
 */
public final class Turns<T> {
  // Whose turn it is comes first.
  private final Map<Tenant, Queue<T>> turns = new LinkedHashMap<>();
  private int size;

  public void add(Tenant tenant, T one) {
    turns.computeIfAbsent(tenant, who -> new ArrayDeque<>()).add(one);
    size++;
  }

  /** The next one of those tenants that may go, whose turn it then is last. */
  public Optional<T> next(Predicate<Tenant> mayGo) {
    for (Map.Entry<Tenant, Queue<T>> turn : turns.entrySet()) {
      Tenant tenant = turn.getKey();
      if (mayGo.test(tenant)) {
        Queue<T> own = turn.getValue();
        turns.remove(tenant);
        if (own.size() > 1) {
          turns.put(tenant, own);
        }
        size--;
        return Optional.of(own.remove());
      }
    }
    return Optional.empty();
  }

  /** Waits no longer; nothing happens where it does not wait any more. */
  public void remove(Tenant tenant, T one) {
    Queue<T> own = turns.get(tenant);
    if (own != null && own.remove(one)) {
      size--;
      if (own.isEmpty()) {
        turns.remove(tenant);
      }
    }
  }

  public int size() {
    return size;
  }

  /** How many of one tenant wait. */
  public int size(Tenant tenant) {
    Queue<T> own = turns.get(tenant);
    return own == null ? 0 : own.size();
  }
}
