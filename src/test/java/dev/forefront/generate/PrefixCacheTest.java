package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Tenant;
import dev.forefront.model.ModelConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of whose prompts, and for how long. */
class PrefixCacheTest {
  private static final Tenant ANN = new Tenant("ann");
  private static final Tenant BOB = new Tenant("bob");
  private static final Tenant EVE = new Tenant("eve");
  private static final int PAGE = KeyValueCache.PAGE;

  @TempDir static Path folder;
  private static ModelConfig config;
  private static long page;

  // As any clock of nanoseconds may begin, a little before it turns over.
  private long now = Long.MAX_VALUE - 100;
  private final PrefixCache cache = new PrefixCache(() -> now);

  @BeforeAll
  static void shapes() {
    config = Passes.load(RandomModel.write(folder, 4_096)).config();
    page = KeyValueCache.bytes(config, PAGE) + PagePrefix.Tokens.BYTES;
  }

  /** As many pages, the first tokens of each as given and the others all the same. */
  private static int[] prompt(int... pages) {
    int[] prompt = new int[pages.length * PAGE + 1];
    for (int at = 0; at < pages.length; at++) {
      prompt[at * PAGE] = pages[at];
    }
    return prompt;
  }

  /** Reads a prompt as the lane does. */
  private int read(Tenant tenant, int[] prompt, long room) {
    cache.fit(room);
    PagePrefix prefix = new PagePrefix(tenant, prompt, null);
    cache.find(prefix);
    int found = prefix.pages().size();
    KeyValueCache values = new KeyValueCache(config);
    values.begin(prefix.pages());
    values.advance(prompt.length - found * PAGE);
    prefix.fill(values);
    cache.keep(prefix, room);
    assertThat(cache.bytes()).isLessThanOrEqualTo(room);
    return found;
  }

  @Test
  void whatWasUsedLongestAgoGoesFirst() {
    long room = 8 * page;
    read(ANN, prompt(1, 2), room);
    read(ANN, prompt(3, 4), room);
    assertThat(read(ANN, prompt(1, 2), room)).isEqualTo(2);
    read(ANN, prompt(5, 6), room);
    assertThat(cache.bytes()).isEqualTo(4 * page);
    assertThat(read(ANN, prompt(3), room)).isZero();
    assertThat(read(ANN, prompt(5, 6), room)).isEqualTo(2);
  }

  @Test
  void theEndOfAPromptGoesBeforeItsBeginning() {
    long room = 8 * page;
    read(ANN, prompt(1, 2, 3, 4), room);
    cache.fit(2 * page);
    assertThat(cache.bytes()).isEqualTo(2 * page);
    assertThat(read(ANN, prompt(1, 2, 3, 4), room)).isEqualTo(2);
  }

  @Test
  void aPromptLongerThanTheRoomKeepsItsBeginning() {
    read(ANN, prompt(1, 2, 3, 4, 5, 6), 8 * page);
    assertThat(cache.bytes()).isEqualTo(4 * page);
    assertThat(read(ANN, prompt(1, 2, 3, 4, 5, 6), 8 * page)).isEqualTo(4);
    assertThat(read(BOB, prompt(1), 0)).isZero();
    assertThat(cache.bytes(BOB)).isZero();
  }

  @Test
  void aBusyTenantLeavesTheOthersTheirHalf() {
    long room = 8 * page;
    read(BOB, prompt(1, 2, 3, 4), room);
    for (int i = 0; i < 100; i++) {
      read(ANN, prompt(i, i, i), room);
      assertThat(cache.bytes(ANN)).isLessThanOrEqualTo(4 * page);
    }
    assertThat(read(BOB, prompt(1, 2, 3, 4), room)).isEqualTo(4);
  }

  @Test
  void whoHasMoreThanAShareGivesFirstWhereRunningRequestsNeedRoom() {
    read(EVE, prompt(1), 8 * page);
    read(BOB, prompt(1, 2), 8 * page);
    read(ANN, prompt(1, 2, 3, 4), 8 * page);
    cache.fit(5 * page);
    assertThat(cache.bytes(ANN)).isEqualTo(2 * page);
    assertThat(cache.bytes(EVE)).isEqualTo(page);
    assertThat(cache.bytes(BOB)).isEqualTo(2 * page);
    cache.fit(4 * page);
    assertThat(cache.bytes(EVE)).isZero();
    cache.fit(0);
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void whatNobodyUsesGoesAfterAWhile() {
    long room = 100 * page;
    assertThat(cache.expire(60)).isEqualTo(PrefixCache.NEVER);
    read(ANN, prompt(1, 2, 3), room);
    now += 40;
    read(BOB, prompt(1), room);
    assertThat(cache.expire(60)).isEqualTo(20);
    // What is used again begins anew, and only that.
    assertThat(read(ANN, prompt(1, 2, 4), room)).isEqualTo(2);
    assertThat(cache.bytes(ANN)).isEqualTo(4 * page);
    now += 20;
    assertThat(cache.expire(60)).isEqualTo(40);
    assertThat(cache.bytes(ANN)).isEqualTo(3 * page);
    assertThat(read(ANN, prompt(1, 2, 3), room)).isEqualTo(2);
    now += 59;
    assertThat(cache.expire(60)).isEqualTo(1);
    assertThat(cache.bytes()).isEqualTo(3 * page);
    now++;
    assertThat(cache.expire(60)).isEqualTo(PrefixCache.NEVER);
    assertThat(cache.bytes()).isZero();
    now += 1_000;
    read(EVE, prompt(1), room);
    assertThat(cache.expire(60)).isEqualTo(60);
    assertThat(cache.bytes(EVE)).isEqualTo(page);
  }

  @Test
  void keptForNoTimeNothingIsKept() {
    read(ANN, prompt(1, 2), 100 * page);
    assertThat(cache.expire(0)).isEqualTo(PrefixCache.NEVER);
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void whoeverIsToldToWaitFindsSomethingToLetGoOfThen() {
    Random random = new Random(4);
    List<Tenant> tenants = List.of(ANN, BOB, EVE);
    Map<Tenant, Long> used = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      Tenant tenant = tenants.get(random.nextInt(3));
      read(tenant, prompt(random.nextInt(2), 1), 100 * page);
      used.put(tenant, now);
      now += random.nextInt(300);
      long most = 100 + random.nextInt(200);
      long left = cache.expire(most);
      used.forEach((who, at) -> assertThat(cache.bytes(who) > 0).isEqualTo(now - at < most));
      used.values().removeIf(at -> now - at >= most);
      if (cache.bytes() == 0) {
        assertThat(left).isEqualTo(PrefixCache.NEVER);
        continue;
      }
      assertThat(left).isPositive();
      long before = cache.bytes();
      now += left - 1;
      cache.expire(most);
      assertThat(cache.bytes()).isEqualTo(before);
      now++;
      cache.expire(most);
      assertThat(cache.bytes()).isLessThan(before);
      used.values().removeIf(at -> now - at >= most);
    }
  }

  @Test
  void sameTokensOfTwoTenantsAreTwoPages() {
    read(ANN, prompt(1, 2), 100 * page);
    assertThat(read(BOB, prompt(1, 2), 100 * page)).isZero();
    assertThat(cache.bytes()).isEqualTo(4 * page);
  }

  @Test
  void whatManyTenantsDoKeepsTheBoundsAndMixesNothing() {
    Random random = new Random(3);
    List<Tenant> tenants = List.of(ANN, BOB, EVE, new Tenant("dan"));
    Map<CachePage, String> whose = new HashMap<>();
    int found = 0;
    for (int i = 0; i < 20_000; i++) {
      Tenant tenant = tenants.get(random.nextInt(tenants.size()));
      long room = random.nextInt(20) * page;
      cache.fit(room);
      int[] prompt = prompt(random.ints(1 + random.nextInt(5), 0, 3).toArray());
      PagePrefix prefix = new PagePrefix(tenant, prompt, null);
      cache.find(prefix);
      for (int at = 0; at < prefix.pages().size(); at++) {
        found++;
        assertThat(whose.get(prefix.pages().get(at))).isEqualTo(name(tenant, prompt, at));
      }
      KeyValueCache values = new KeyValueCache(config);
      values.begin(prefix.pages());
      values.advance(random.nextInt(prompt.length - values.length() + 1));
      prefix.fill(values);
      for (int at = 0; at < prefix.pages().size(); at++) {
        whose.put(prefix.pages().get(at), name(tenant, prompt, at));
      }
      cache.keep(prefix, room);
      assertThat(cache.bytes()).isLessThanOrEqualTo(room);
      assertThat(cache.bytes()).isEqualTo(tenants.stream().mapToLong(cache::bytes).sum());
      if (whose.size() > 500) {
        whose.clear();
        cache.clear();
      }
    }
    assertThat(found).isGreaterThan(1_000);
  }

  private static String name(Tenant tenant, int[] prompt, int page) {
    return tenant.id() + Arrays.toString(Arrays.copyOf(prompt, (page + 1) * PAGE));
  }
}
