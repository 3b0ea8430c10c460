package dev.forefront.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import dev.forefront.audit.AuditLog;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardSettings;
import dev.forefront.release.Release;
import dev.forefront.release.World;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A Chromium that looks at the chat page of a real server, whose model answers by script. */
final class BrowserWorld implements AutoCloseable {
  private static final int PATIENCE_MS = 20_000;

  /** What the pages complained of: script errors, and what the content policy kept out. */
  final List<String> complaints = new CopyOnWriteArrayList<>();

  private final Path folder;
  private final Release release;
  private final AuditLog log;
  private final Playwright playwright;
  private final Browser browser;
  private final Page everyday;
  private int servers;

  BrowserWorld(Path folder) {
    this.folder = folder;
    World world = new World(folder);
    world.released("demo-1");
    release = Release.open(world.registryFolder, "demo-1");
    log = AuditLog.open(folder.resolve("audit"));
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-background-networking",
                            "--no-first-run",
                            "--disable-component-update",
                            "--disable-sync")));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    everyday = visitor().newPage();
  }

  private static Path chromium() {
    return Stream.concat(
            Stream.of("/usr/bin"),
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)))
        .flatMap(
            place ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(place, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "no Chromium on this machine: install one, for example `apt-get install"
                        + " --no-install-recommends chromium`, or put it on PATH"));
  }

  /** Every server has its own conversations. */
  Server serve(Speaker speaker) {
    return serve(speaker, 64);
  }

  /**
   * @param mostReplies at once; one too many is told so at once
   */
  Server serve(Speaker speaker, int mostReplies) {
    Guard guard =
        Guard.of(List.of(new ForbiddenWord()))
            .with(new GuardSettings(0, 1, Duration.ofSeconds(10), 64));
    ServerSettings settings =
        ServerSettings.standard(folder.resolve("server-" + ++servers))
            .withPort(0)
            .withMostReplies(mostReplies, Duration.ZERO);
    return Server.start(release, speaker, guard, log, settings);
  }

  /** Another one, who shares nothing with those before. */
  BrowserContext visitor() {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(Look.USUAL.width, Look.USUAL.height));
    context.setDefaultTimeout(PATIENCE_MS);
    context.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) {
            complaints.add(message.text());
          }
        });
    context.onWebError(error -> complaints.add(error.error()));
    return context;
  }

  static Page open(BrowserContext context, Server server) {
    return open(context.newPage(), server);
  }

  private static Page open(Page page, Server server) {
    page.navigate(server.url().toString());
    assertThat(page.locator("header .release")).hasText("demo-1");
    return page;
  }

  /** How someone looks at the page. */
  record Look(int width, int height, ColorScheme colours, ReducedMotion motion) {
    static final Look USUAL = new Look(1200, 800, ColorScheme.LIGHT, ReducedMotion.NO_PREFERENCE);

    static Look sized(int width, int height) {
      return new Look(width, height, USUAL.colours, USUAL.motion);
    }
  }

  /**
   * The page of someone who comes to a server for the first time. It is the same each time, since a
   * new one takes longer than most tests: {@link #forget} sees to it that nothing is left.
   */
  Page visit(Server server, Look look) {
    everyday.setViewportSize(look.width, look.height);
    everyday.emulateMedia(
        new Page.EmulateMediaOptions().setColorScheme(look.colours).setReducedMotion(look.motion));
    return open(everyday, server);
  }

  Page visit(Server server) {
    return visit(server, Look.USUAL);
  }

  /** Takes back whatever a visit to a server has left in the browser. */
  void forget(Server server) {
    BrowserContext context = everyday.context();
    context.pages().stream().filter(page -> page != everyday).forEach(Page::close);
    context.setOffline(false);
    context.clearPermissions();
    context.clearCookies();
    everyday.mouse().move(0, 0);
    // A page without a program, which could keep something while it is left.
    everyday.navigate(server.url() + "health");
    everyday.evaluate("localStorage.clear()");
  }

  static Locator box(Page page) {
    return page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Message"));
  }

  static void send(Page page, String text) {
    box(page).fill(text);
    box(page).press("Enter");
  }

  static Locator answer(Page page) {
    return page.getByRole(
            AriaRole.ARTICLE, new Page.GetByRoleOptions().setName("Answer").setExact(true))
        .last();
  }

  static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** The links of the list of chats. */
  static Locator chats(Page page) {
    return page.locator("#chats li a");
  }

  /** Sends, and waits until the answer has ended. */
  static void converse(Page page, String text) {
    send(page, text);
    finished(page);
  }

  static void finished(Page page) {
    assertThat(button(page, "Send the message")).isVisible();
    assertThat(answer(page)).hasAttribute("aria-busy", "false");
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
    log.close();
  }
}
