package dev.forefront.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.forefront.serve.BrowserWorld.answer;
import static dev.forefront.serve.BrowserWorld.box;
import static dev.forefront.serve.BrowserWorld.button;
import static dev.forefront.serve.BrowserWorld.chats;
import static dev.forefront.serve.BrowserWorld.converse;
import static dev.forefront.serve.BrowserWorld.send;
import static dev.forefront.serve.Speaker.HOLD;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import dev.forefront.serve.BrowserWorld.Look;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page for everyone: by keyboard, by ear, zoomed in, on a narrow screen, in the dark. */
class ChatPageAccessTest {
  private static final String RICH =
      "### Deep title\n\nText with `code`, a [link](https://example.org/) and a list:\n\n1. one\n2. two\n\n"
          + "| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n```java\nint x = 1; // "
          + "a long line ".repeat(20)
          + "\n```";

  @TempDir private static Path folder;
  private static BrowserWorld world;
  private Speaker speaker;
  private Server server;

  @BeforeAll
  static void startBrowser() {
    world = new BrowserWorld(folder);
  }

  @AfterAll
  static void closeBrowser() {
    world.close();
  }

  @BeforeEach
  void serve() {
    speaker =
        new Speaker(400)
            .on("rich", RICH)
            .on("a story", "Once upon a time " + HOLD + "there was a fox.")
            .on("silence", HOLD + "At last.");
    server = world.serve(speaker);
  }

  @AfterEach
  void leave() {
    world.forget(server);
    speaker.letAllGo();
    server.close();
    assertThat(world.complaints).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1200, 800, LIGHT", "1200, 800, DARK", "320, 640, LIGHT", "320, 640, DARK"})
  void hasNoViolations(int width, int height, ColorScheme colours) {
    Page page = world.visit(server, new Look(width, height, colours, ReducedMotion.REDUCE));
    check(page, "the welcome");
    fill(page);
    page.locator("header summary").click();
    check(page, "answer, notice, problem, and what is known of the release");
    page.locator("header summary").click();
    if (width < 768) {
      button(page, "Chats").click();
      assertThat(button(page, "New chat")).isFocused();
      check(page, "the drawer");
    }
    button(page, "Shortcuts").click();
    assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
    check(page, "the shortcuts");
  }

  /** Without what there is no frame for: a page of its own in which frames' results are joined. */
  private static void check(Page page, String what) {
    AxeRunOptions violationsOnly = new AxeRunOptions();
    violationsOnly.setResultTypes(List.of("violations"));
    assertThat(
            new AxeBuilder(page)
                .options(violationsOnly)
                .setLegacyMode(true)
                .analyze()
                .getViolations())
        .as("violations in %s", what)
        .map(rule -> rule.getId() + ": " + rule.getNodes().getFirst().getHtml())
        .isEmpty();
    assertFits(page);
  }

  /** One of each: an answer with all of Markdown, a notice, a problem. */
  private static void fill(Page page) {
    converse(page, "rich");
    converse(page, "something forbidden");
    send(page, "word ".repeat(500));
    assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
  }

  private static void assertFits(Page page) {
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .as("fits the width of the window")
        .isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource({"640, 400", "320, 200"}) // A window of 1280 by 800 at 200% and at 400%.
  void staysUsableZoomedIn(int width, int height) {
    Page page = world.visit(server, Look.sized(width, height));
    fill(page);
    assertFits(page);
    assertThat(box(page)).isInViewport();
    assertThat(button(page, "Send the message")).isInViewport();
    // Something of the conversation is left to read.
    assertThat((int) page.evaluate("document.getElementById('thread').clientHeight"))
        .isGreaterThan(height / 3);
  }

  @Test
  void isUsedByKeyboardAlone() {
    Page page = world.visit(server);
    assertThat(box(page)).isFocused();
    page.keyboard().type("a story");
    page.keyboard().press("Enter");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    page.keyboard().press("Escape");
    assertThat(answer(page)).containsText("Stopped here.");
    // From the box: the button beside it, and back to the answer's own buttons.
    page.keyboard().press("Shift+Tab");
    assertThat(button(page, "Regenerate")).isFocused();
    page.keyboard().press("Control+Shift+O");
    assertThat(page.locator("article")).hasCount(0);
    page.keyboard().type("about rice");
    page.keyboard().press("Enter");
    assertThat(answer(page).locator("prose-text")).hasText("You said: about rice");
    page.keyboard().press("Control+k");
    page.keyboard().press("Tab");
    page.keyboard().press("Tab");
    assertThat(button(page, "Rename about rice")).isFocused();
    page.keyboard().press("Tab");
    page.keyboard().press("Enter");
    assertThat(button(page, "Undo")).isFocused();
    page.keyboard().press("Enter");
    assertThat(chats(page)).hasCount(2);
    assertThat(box(page)).isFocused();
  }

  @Test
  void skipsToTheMessageBox() {
    Page page = world.visit(server);
    page.locator(".skip").focus();
    assertThat(page.locator(".skip")).isInViewport();
    page.keyboard().press("Enter");
    assertThat(box(page)).isFocused();
  }

  @Test
  void saysFinishedAnswersAndNotEachWord() {
    Page page = world.visit(server);
    send(page, "a story");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    assertThat(page.locator("#said")).hasText("");
    speaker.goOn();
    assertThat(page.locator("#said")).hasText("Answer: Once upon a time there was a fox.");
    converse(page, "something forbidden");
    assertThat(page.locator("#said")).containsText("Safety notice.");
  }

  @Test
  void remembersTheTheme() {
    Page page = world.visit(server);
    String light = background(page);
    theme(page, "Dark").check();
    String dark = background(page);
    assertThat(dark).isNotEqualTo(light);
    page.reload();
    assertThat(background(page)).isEqualTo(dark);
    theme(page, "System").check();
    assertThat(background(page)).isEqualTo(light);
  }

  private static Locator theme(Page page, String name) {
    return page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName(name));
  }

  private static String background(Page page) {
    return (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
  }

  @Test
  void keepsStillForThoseWhoAskForIt() {
    Page page = world.visit(server, new Look(1200, 800, ColorScheme.LIGHT, ReducedMotion.REDUCE));
    send(page, "silence");
    assertThat(page.locator(".waiting i").first()).isVisible();
    assertThat(page.evaluate("document.getAnimations().length")).isEqualTo(0);
  }

  @Test
  void opensAndClosesTheListOfChatsOnANarrowScreen() {
    Page page = world.visit(server, Look.sized(320, 640));
    converse(page, "about foxes");
    assertThat(chats(page)).not().isVisible();
    assertThat(button(page, "Chats")).hasAttribute("aria-expanded", "false");
    button(page, "Chats").click();
    assertThat(chats(page)).isVisible();
    page.keyboard().press("Escape");
    assertThat(chats(page)).not().isVisible();
    assertThat(button(page, "Chats")).isFocused();
    button(page, "Chats").click();
    button(page, "New chat").click();
    assertThat(chats(page)).not().isVisible();
    assertThat(page.locator("article")).hasCount(0);
  }

  @Test
  void stopsEvenBeforeTheFirstWord() {
    Page page = world.visit(server);
    send(page, "silence");
    assertThat(page.locator(".waiting")).isVisible();
    page.keyboard().press("Escape");
    assertThat(answer(page)).containsText("Stopped before the first word.");
    assertThat(speaker.asked.stream().map(c -> c.messages().size()).toList())
        .isIn(List.of(), List.of(1));
  }
}
