package dev.forefront.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.forefront.serve.BrowserWorld.answer;
import static dev.forefront.serve.BrowserWorld.box;
import static dev.forefront.serve.BrowserWorld.button;
import static dev.forefront.serve.BrowserWorld.chats;
import static dev.forefront.serve.BrowserWorld.converse;
import static dev.forefront.serve.BrowserWorld.finished;
import static dev.forefront.serve.BrowserWorld.open;
import static dev.forefront.serve.BrowserWorld.send;
import static dev.forefront.serve.Speaker.HOLD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a day with the page needs: asking, stopping, finding again. */
class ChatPageTest {
  private static final String LONG = "A line of the long answer.\n\n".repeat(60);

  @TempDir private static Path folder;
  private static BrowserWorld world;
  private Speaker speaker;
  private Server server;
  private Page page;

  @BeforeAll
  static void startBrowser() {
    world = new BrowserWorld(folder);
  }

  @AfterAll
  static void closeBrowser() {
    world.close();
  }

  @BeforeEach
  void visit() {
    speaker =
        new Speaker(4096)
            .on("a story", "Once **upon** a time " + HOLD + "there was a fox.")
            .on("a long story", LONG + HOLD + LONG + "The very end.");
    server = world.serve(speaker);
    page = world.visit(server);
  }

  @AfterEach
  void leave() {
    world.forget(server);
    speaker.letAllGo();
    server.close();
    assertThat(world.complaints).isEmpty();
  }

  @Test
  void showsAnAnswerWhileItIsWrittenAndWhenItIsDone() {
    send(page, "a story");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    assertThat(answer(page).locator("strong")).hasText("upon");
    assertThat(answer(page)).hasAttribute("aria-busy", "true");
    speaker.goOn();
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time there was a fox.");
    finished(page);
  }

  @Test
  void eachBrowserIsACallerOfItsOwn() {
    List<String> first = callers(page);
    try (BrowserContext other = world.visitor()) {
      List<String> second = callers(open(other, server));
      assertThat(first.getFirst())
          .matches("forefront-caller=[0-9a-f]{32}")
          .isEqualTo(first.getLast());
      assertThat(second.getFirst())
          .matches("forefront-caller=[0-9a-f]{32}")
          .isEqualTo(second.getLast());
      assertThat(first).doesNotContainAnyElementsOf(second);
    }
  }

  @Test
  void theRecordShowsABrowserWhatItAskedAndNoOther() {
    send(page, "Hello.");
    finished(page);
    page.navigate(page.url().replaceFirst("/[^/]*$", "/audit"));
    assertThat(page.locator("body")).containsText("finished");
    try (BrowserContext other = world.visitor()) {
      Page look = other.newPage();
      look.navigate(page.url());
      assertThat(look.locator("body")).containsText("of another caller");
      assertThat(look.locator("body")).not().containsText("finished");
    }
  }

  /** What two questions say about who asks. */
  private static List<String> callers(Page page) {
    List<Request> asked = new ArrayList<>();
    page.onRequest(
        request -> {
          if (request.url().endsWith("/v1/messages")) {
            asked.add(request);
          }
        });
    for (int i = 0; i < 2; i++) {
      send(page, "Hello.");
      finished(page);
    }
    assertThat(asked).hasSize(2);
    // Not while the browser tells of the request: it may wait for the answer to that.
    return asked.stream().map(request -> String.valueOf(request.headerValue("cookie"))).toList();
  }

  @Test
  void sendsOnEnterBreaksTheLineOnShiftEnterAndNeverSendsWhileComposing() {
    box(page).fill("two");
    box(page).press("Shift+Enter");
    box(page).pressSequentially("lines");
    assertThat(box(page)).hasValue("two\nlines");
    box(page)
        .evaluate(
            "box => box.dispatchEvent(new KeyboardEvent('keydown',"
                + " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))");
    assertThat(box(page)).hasValue("two\nlines");
    assertThat(page.locator("article")).hasCount(0);
    box(page).press("Enter");
    assertThat(box(page)).hasValue("");
    assertThat(page.locator("article.user p")).hasText("two\nlines");
  }

  @Test
  void stopsAtOnceAndKeepsWhatWasWritten() {
    send(page, "a story");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    button(page, "Stop the answer").click();
    assertThat(answer(page)).containsText("Stopped here.");
    page.reload();
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    assertThat(answer(page)).containsText("Stopped here.");
  }

  @Test
  void takesADoubleClickOnSendForOneClick() {
    box(page).fill("a story");
    button(page, "Send the message").dblclick();
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    speaker.goOn();
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time there was a fox.");
    finished(page);
  }

  @Test
  void stopsOnEscapeToo() {
    send(page, "a story");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    page.keyboard().press("Escape");
    assertThat(answer(page)).containsText("Stopped here.");
    assertThat(box(page)).isFocused();
  }

  @Test
  void keepsTheConversationOverAReload() {
    converse(page, "hello there");
    converse(page, "and again");
    page.reload();
    assertThat(page.locator("article.user p")).hasText(new String[] {"hello there", "and again"});
    assertThat(page.locator("prose-text"))
        .hasText(new String[] {"You said: hello there", "You said: and again"});
    assertThat(page).hasTitle("hello there · Forefront");
  }

  @Test
  void keepsAHalfWrittenAnswerOverAReload() {
    send(page, "a story");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    page.reload();
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
  }

  @Test
  void sendsTheWholeConversationEachTime() {
    converse(page, "hello there");
    converse(page, "and again");
    assertThat(speaker.asked.getLast().messages())
        .extracting(m -> m.role().wireName() + ": " + m.content())
        .containsExactly(
            "user: hello there", "assistant: You said: hello there", "user: and again");
  }

  @Test
  void keepsSeveralConversationsApart() {
    converse(page, "about foxes");
    button(page, "New chat").click();
    assertThat(page.locator("article")).hasCount(0);
    converse(page, "about rice");
    assertThat(chats(page)).hasText(new String[] {"about rice", "about foxes"});
    chats(page).getByText("about foxes").click();
    assertThat(page.locator("prose-text")).hasText("You said: about foxes");
    page.goBack();
    assertThat(page.locator("prose-text")).hasText("You said: about rice");
  }

  @Test
  void goesOnAnsweringOneChatWhileAnotherIsOpen() {
    send(page, "a story");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    button(page, "New chat").click();
    converse(page, "about rice");
    assertThat(chats(page).getByText("being answered")).hasCount(1);
    speaker.goOn();
    assertThat(chats(page).getByText("being answered")).hasCount(0);
    chats(page).getByText("a story").click();
    assertThat(page.locator("prose-text")).hasText("Once upon a time there was a fox.");
  }

  @Test
  void renamesAChat() {
    converse(page, "about foxes");
    rename("about foxes", "Foxes and hens");
    assertThat(chats(page)).hasText("Foxes and hens");
    page.reload();
    assertThat(chats(page)).hasText("Foxes and hens");
    assertThat(page.locator("prose-text")).hasText("You said: about foxes");
  }

  private void rename(String from, String to) {
    chats(page).getByText(from).hover();
    button(page, "Rename " + from).click();
    page.keyboard().type(to);
    page.keyboard().press("Enter");
  }

  @Test
  void deletesAChatUnlessItIsUndone() {
    converse(page, "about foxes");
    chats(page).getByText("about foxes").hover();
    button(page, "Delete about foxes").click();
    assertThat(chats(page)).hasCount(0);
    button(page, "Undo").click();
    assertThat(page.locator("prose-text")).hasText("You said: about foxes");
    chats(page).getByText("about foxes").hover();
    button(page, "Delete about foxes").click();
    page.reload();
    assertThat(page.locator("#chats .none")).isVisible();
    assertThat(chats(page)).hasCount(0);
  }

  @Test
  void deletesAChatWhoseLastRequestIsLost() {
    converse(page, "about foxes");
    page.evaluate(
        """
        const sent = window.fetch;
        window.fetch = (path, options) =>
            options?.keepalive ? Promise.reject(new TypeError('lost')) : sent(path, options);
        """);
    chats(page).getByText("about foxes").hover();
    button(page, "Delete about foxes").click();
    page.reload();
    assertThat(page.locator("#chats .none")).isVisible();
  }

  @Test
  void findsAChatByItsTitle() {
    converse(page, "about foxes");
    button(page, "New chat").click();
    converse(page, "about rice");
    page.keyboard().press("Control+k");
    page.keyboard().type("FOX");
    assertThat(chats(page)).hasText("about foxes");
    page.keyboard().press("Tab");
    page.keyboard().press("Enter");
    assertThat(page.locator("prose-text")).hasText("You said: about foxes");
  }

  @Test
  void answersAgain() {
    speaker.on("a number", "one");
    converse(page, "a number");
    speaker.on("a number", "two");
    button(page, "Regenerate").click();
    assertThat(page.locator("prose-text")).hasText("two");
    page.reload();
    assertThat(page.locator("prose-text")).hasText("two");
    assertThat(page.locator("article")).hasCount(2);
  }

  @Test
  void editsTheLastMessage() {
    converse(page, "hello there");
    converse(page, "about foxs");
    box(page).press("ArrowUp");
    assertThat(box(page)).hasValue("about foxs");
    send(page, "about foxes");
    assertThat(page.locator("article.user p")).hasText(new String[] {"hello there", "about foxes"});
    assertThat(answer(page).locator("prose-text")).hasText("You said: about foxes");
    assertThat(speaker.asked.getLast().messages()).hasSize(3);
  }

  @Test
  void givesUpAnEditAndBringsTheDraftBack() {
    converse(page, "hello there");
    box(page).fill("half a thought");
    page.locator("article.user").hover();
    button(page, "Edit").click();
    assertThat(box(page)).hasValue("hello there");
    page.keyboard().press("Escape");
    assertThat(box(page)).hasValue("half a thought");
  }

  @Test
  void keepsADraftPerChat() {
    converse(page, "about foxes");
    box(page).fill("half a thought");
    button(page, "New chat").click();
    assertThat(box(page)).hasValue("");
    chats(page).getByText("about foxes").click();
    assertThat(box(page)).hasValue("half a thought");
    page.reload();
    assertThat(box(page)).hasValue("half a thought");
  }

  @Test
  void copiesAnAnswerAndItsCode() {
    page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
    String text = "Run this:\n\n```sh\necho hello\n```";
    speaker.on("code", text);
    converse(page, "code");
    button(page, "Copy code").click();
    assertThat(button(page, "Copied")).isVisible();
    assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo("echo hello");
    answer(page).locator("button", new Locator.LocatorOptions().setHasText("Copy")).last().click();
    assertThat(page.locator("#said")).hasText("Copied");
    assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(text);
  }

  @Test
  void showsMarkdownAndFencesThatAreNotClosedYet() {
    speaker.on(
        "everything",
        "# Title\n\n"
            + "- one\n"
            + "- two\n\n"
            + "| a | b |\n"
            + "|---|--:|\n"
            + "| 1 | 2 |\n\n"
            + "[here](https://example.org/)\n\n"
            + "```python\n"
            + "print(first)\n"
            + "print(between)\n".repeat(40)
            + "print(second)\n"
            + HOLD
            + "print(third)\n```\n");
    send(page, "everything");
    // The guard may hold the last words back: what looks like a code waits for more of it.
    assertThat(answer(page).locator(".code code")).containsText("print(first)");
    assertThat(answer(page).locator(".code-head span").first()).hasText("python");
    // The block keeps its element while it grows: nothing flickers, a selection survives.
    answer(page).locator(".code").evaluate("block => block.marked = true");
    speaker.goOn();
    assertThat(answer(page).locator(".code code"))
        .hasText(Pattern.compile("first.\\s+(print.between.\\s+)+print.second.\\s+print.third"));
    assertThat(answer(page).locator(".code").evaluate("block => block.marked")).isEqualTo(true);
    assertThat(answer(page).locator("prose-text h3")).hasText("Title");
    assertThat(answer(page).locator("li")).hasCount(2);
    assertThat(answer(page).locator("td").last()).hasText("2");
    Locator link = answer(page).locator("prose-text a");
    assertThat(link).hasAttribute("href", "https://example.org/");
    assertThat(link).hasAttribute("rel", "noopener noreferrer nofollow");
  }

  @Test
  void neverMovesTheReadingPositionWhileTextStreamsIn() {
    send(page, "a long story");
    assertThat(button(page, "Jump to latest")).isVisible();
    Object before = scrolled();
    page.mouse().move(700, 300);
    speaker.goOn();
    finished(page);
    assertThat(scrolled()).isEqualTo(before);
    assertThat(page.getByText("The very end.")).not().isInViewport();
    button(page, "Jump to latest").click();
    assertThat(page.getByText("The very end.")).isInViewport();
    assertThat(button(page, "Jump to latest")).hasCount(0);
  }

  @Test
  void followsTheTextOnceTheReaderHasJumpedToItsEnd() {
    send(page, "a long story");
    button(page, "Jump to latest").click();
    speaker.goOn();
    assertThat(page.getByText("The very end.")).isInViewport();
  }

  private Object scrolled() {
    return page.locator("#thread").evaluate("box => box.scrollTop");
  }

  @Test
  void sendsOneOfTheStarters() {
    page.locator(".welcome button").first().click();
    assertThat(answer(page).locator("prose-text")).containsText("You said: ");
  }
}
