package dev.forefront.serve;

import dev.forefront.audit.Entry;
import dev.forefront.conversation.Tenant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who asked the newest requests, so that the record's pages show everyone what is theirs and nobody
 * what is not. It stays in memory: the record itself does not tell tenants apart.
 */
final class Askers {
  /** Far more than the pages show; who asked before these is not known any more. */
  private static final int MOST = 4096;

  /** Fields by which an entry is about somebody. */
  private static final String REQUEST = "request_id";

  private static final String CALLER = "caller";

  private final Map<String, Tenant> newest =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tenant> eldest) {
          return size() > MOST;
        }
      };

  synchronized void asked(String request, Tenant tenant) {
    newest.put(request, tenant);
  }

  /** Whether an entry is the server's own or about this tenant. */
  synchronized boolean mayRead(Tenant tenant, Entry entry) {
    if (!entry.fields().has(REQUEST) && !entry.fields().has(CALLER)) {
      return true;
    }
    return tenant.isKnown() && tenant.equals(newest.get(entry.fields().path(REQUEST).asString("")));
  }
}
