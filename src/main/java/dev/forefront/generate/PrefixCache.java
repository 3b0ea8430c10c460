package dev.forefront.generate;

import dev.forefront.conversation.Tenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Full pages of prompts that were read, kept for those of the same tenant that begin with the same
 * tokens. Each tenant has a tree of its own, a page a node: there is no way from one tenant's
 * prompt to another's pages. For the lane's thread alone.
 *
 * <p>Bytes are bounded by what the caller says each time, those of one tenant by half of that; what
 * was used longest ago goes first. What nobody has used for a while goes too.
 */
final class PrefixCache {
  /** How long to wait where there is nothing to wait for. */
  static final long NEVER = Long.MAX_VALUE;

  /** Of the room, for one tenant. */
  private static final double SHARE = 0.5;

  private static final class Node {
    private final @Nullable Node parent;
    private final PagePrefix.Tokens tokens;
    private final CachePage page;
    private final Map<PagePrefix.Tokens, Node> children = new HashMap<>();
    // What the newest of the probes that looked at it read, token by token.
    private @Nullable Watch watch;
    private float @Nullable [] readings;
    private long used;
    private long usedAt;

    Node(@Nullable Node parent, PagePrefix.Tokens tokens, CachePage page) {
      this.parent = parent;
      this.tokens = tokens;
      this.page = page;
    }

    long bytes() {
      return page.bytes() + PagePrefix.Tokens.BYTES + bytes(readings);
    }

    static long bytes(float @Nullable [] readings) {
      return readings == null ? 0 : (long) readings.length * Float.BYTES;
    }
  }

  private static final class Tree {
    private final Tenant tenant;
    private final Map<PagePrefix.Tokens, Node> first = new HashMap<>();
    // By when they were used. A page is always used after those that follow it, so that what was
    // used longest ago is a leaf.
    private final LinkedHashSet<Node> order = new LinkedHashSet<>();
    private long bytes;

    Tree(Tenant tenant) {
      this.tenant = tenant;
    }

    Map<PagePrefix.Tokens, Node> children(@Nullable Node parent) {
      return parent == null ? first : parent.children;
    }

    void use(List<Node> path, long now, long time) {
      for (Node node : path.reversed()) {
        order.addLast(node);
        node.used = now;
        node.usedAt = time;
      }
    }
  }

  private final Map<Tenant, Tree> trees = new HashMap<>();
  private final LongSupplier time;
  private long bytes;
  private long clock;
  // No page was used last before this; of no meaning where none is kept.
  private long oldest;

  /**
   * @param time nanoseconds that only go forward
   */
  PrefixCache(LongSupplier time) {
    this.time = time;
  }

  /** Of all that is kept. */
  long bytes() {
    return bytes;
  }

  /** Of what is kept for one tenant. */
  long bytes(Tenant tenant) {
    Tree tree = trees.get(tenant);
    return tree == null ? 0 : tree.bytes;
  }

  /** Hands a prompt the pages that it need not read. */
  void find(PagePrefix prefix) {
    Tree tree = trees.get(prefix.tenant());
    if (tree == null) {
      return;
    }
    List<Node> path = path(tree, prefix, prefix.reusable());
    tree.use(path, ++clock, time.getAsLong());
    for (Node node : path) {
      if (prefix.watch() != null && prefix.watch() != node.watch) {
        return;
      }
      prefix.take(node.page, node.readings);
    }
  }

  private static List<Node> path(Tree tree, PagePrefix prefix, int pages) {
    List<Node> path = new ArrayList<>();
    Map<PagePrefix.Tokens, Node> next = tree.first;
    while (path.size() < pages) {
      Node node = next.get(prefix.tokens(path.size()));
      if (node == null) {
        break;
      }
      path.add(node);
      next = node.children;
    }
    return path;
  }

  /**
   * Keeps the full pages of a prompt, as many as there is room for.
   *
   * @param room bytes that all that is kept may have
   */
  void keep(PagePrefix prefix, long room) {
    Tree tree = trees.computeIfAbsent(prefix.tenant(), Tree::new);
    long now = ++clock;
    int pages = prefix.pages().size();
    List<Node> path = path(tree, prefix, pages);
    tree.use(path, now, time.getAsLong());
    long own = path.stream().mapToLong(Node::bytes).sum();
    for (int page = 0; page < path.size(); page++) {
      Node node = path.get(page);
      if (prefix.watch() != null && prefix.watch() != node.watch) {
        float[] readings = prefix.readings(page);
        long more = Node.bytes(readings) - Node.bytes(node.readings);
        if (makeRoom(tree, own, more, room, now)) {
          node.watch = prefix.watch();
          node.readings = readings;
          add(tree, more);
          own += more;
        }
      }
    }
    while (path.size() < pages) {
      Node parent = path.isEmpty() ? null : path.getLast();
      int page = path.size();
      Node node = new Node(parent, prefix.tokens(page), prefix.pages().get(page));
      node.watch = prefix.watch();
      node.readings = prefix.readings(page);
      if (!makeRoom(tree, own, node.bytes(), room, now)) {
        break;
      }
      tree.children(parent).put(node.tokens, node);
      add(tree, node.bytes());
      own += node.bytes();
      path.add(node);
      tree.use(path, now, time.getAsLong());
    }
    if (tree.order.isEmpty()) {
      trees.remove(tree.tenant);
    }
    prefix.kept(path.size());
  }

  private void add(Tree tree, long more) {
    // It may have been dropped with its last page, while room was made.
    trees.put(tree.tenant, tree);
    if (bytes == 0) {
      oldest = time.getAsLong();
    }
    tree.bytes += more;
    bytes += more;
  }

  /**
   * Lets go of others' pages, and of this tenant's own, until so many bytes more fit.
   *
   * @param own bytes on the path that is being kept, which stay
   */
  private boolean makeRoom(Tree tree, long own, long more, long room, long now) {
    if (own + more > room * SHARE) {
      return false;
    }
    while (tree.bytes + more > room * SHARE) {
      dropEldest(tree);
    }
    while (bytes + more > room) {
      dropEldest(loser(room, now));
    }
    return true;
  }

  /** Lets go until no more than so many bytes are kept. */
  void fit(long room) {
    while (bytes > room) {
      dropEldest(loser(room, clock + 1));
    }
  }

  /** Who has more than a share, or else what was used longest ago, but for what is used now. */
  private Tree loser(long room, long now) {
    Tree loser = null;
    for (Tree tree : trees.values()) {
      if (tree.order.isEmpty() || tree.order.getFirst().used == now) {
        continue;
      }
      if (tree.bytes > room * SHARE) {
        return tree;
      }
      if (loser == null || tree.order.getFirst().used < loser.order.getFirst().used) {
        loser = tree;
      }
    }
    if (loser == null) {
      throw new IllegalStateException("%d bytes are kept, and by nobody".formatted(bytes));
    }
    return loser;
  }

  private void dropEldest(Tree tree) {
    Node eldest = tree.order.removeFirst();
    if (!eldest.children.isEmpty()) {
      throw new IllegalStateException("a page would go before those that follow it");
    }
    tree.children(eldest.parent).remove(eldest.tokens);
    tree.bytes -= eldest.bytes();
    bytes -= eldest.bytes();
    if (tree.order.isEmpty()) {
      trees.remove(tree.tenant);
    }
  }

  /**
   * Lets go of what was not used for so long.
   *
   * @param most nanoseconds
   * @return nanoseconds after which more may be to let go of, or {@link #NEVER}
   */
  long expire(long most) {
    long now = time.getAsLong();
    if (bytes > 0 && now - oldest >= most) {
      long age = 0;
      for (Tree tree : List.copyOf(trees.values())) {
        while (!tree.order.isEmpty() && now - tree.order.getFirst().usedAt >= most) {
          dropEldest(tree);
        }
        if (!tree.order.isEmpty()) {
          age = Math.max(age, now - tree.order.getFirst().usedAt);
        }
      }
      oldest = now - age;
    }
    return bytes == 0 ? NEVER : most - (now - oldest);
  }

  /** Lets go of everything. */
  void clear() {
    trees.clear();
    bytes = 0;
  }
}
