package dev.forefront.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.forefront.serve.BrowserWorld.answer;
import static dev.forefront.serve.BrowserWorld.box;
import static dev.forefront.serve.BrowserWorld.button;
import static dev.forefront.serve.BrowserWorld.converse;
import static dev.forefront.serve.BrowserWorld.finished;
import static dev.forefront.serve.BrowserWorld.open;
import static dev.forefront.serve.BrowserWorld.send;
import static dev.forefront.serve.Speaker.BREAK;
import static dev.forefront.serve.Speaker.HOLD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page does when a guard steps in, when a model writes attacks, and when things break. */
class ChatPageSafetyTest {
  @TempDir private static Path folder;
  private static BrowserWorld world;
  private Speaker speaker;
  private Server server;
  private BrowserContext visitor;
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
        new Speaker(60)
            .on("a story", "Once upon a time " + HOLD + "there was a fox.")
            .on("slip", "This much is fine, and then comes forbidden matter.")
            .on("break", "Half of it " + BREAK);
    server = world.serve(speaker, 2);
    page = world.visit(server);
    visitor = page.context();
  }

  @AfterEach
  void leave() {
    world.forget(server);
    speaker.letAllGo();
    server.close();
    assertThat(world.complaints).isEmpty();
  }

  private Locator notice() {
    return page.getByRole(AriaRole.NOTE, new Page.GetByRoleOptions().setName("Safety notice"));
  }

  private Locator alert() {
    return page.getByRole(AriaRole.ALERT);
  }

  @Test
  void namesTheReleaseItsPolicyAndTheDemoBoard() {
    assertThat(page.locator("header .policy")).hasText("policy test");
    assertThat(page.locator("header")).containsText("Demo board: vouches for nothing");
    page.locator("header summary").click();
    assertThat(page.locator("header dl")).containsText(server.release().modelDigest());
    assertThat(page.getByText("Report", new Page.GetByTextOptions().setExact(true)))
        .hasAttribute("href", "/report");
    assertThat(page.getByText("Audit record")).hasAttribute("href", "/audit");
  }

  @Test
  void showsACalmNoticeForARefusedRequest() {
    converse(page, "tell me the forbidden thing");
    assertThat(notice()).containsText("A guard stopped this request");
    assertThat(notice()).containsText("The model did not see it.");
    assertThat(notice()).containsText("S2, non-violent crimes");
    // The text that other clients get is in the notice, and not said twice.
    assertThat(answer(page).locator("prose-text")).hasText("");
    assertThat(speaker.asked).isEmpty();
    page.reload();
    assertThat(notice()).containsText("A guard stopped this request");
  }

  @Test
  void showsTheDeliveredPartAndANoticeForAReplyStoppedMidway() {
    converse(page, "slip");
    assertThat(answer(page).locator("prose-text")).containsText("This much is fine");
    assertThat(answer(page)).not().containsText("forbidden");
    assertThat(notice()).containsText("A guard stopped the answer here");
    page.reload();
    assertThat(answer(page).locator("prose-text")).containsText("This much is fine");
    assertThat(notice()).containsText("A guard stopped the answer here");
  }

  @Test
  void goesOnAfterARefusalWithoutSendingItAgain() {
    converse(page, "tell me the forbidden thing");
    converse(page, "hello there");
    assertThat(answer(page).locator("prose-text")).hasText("You said: hello there");
    assertThat(speaker.asked.getLast().messages()).hasSize(1);
  }

  @Test
  void offersToEditARefusedRequest() {
    converse(page, "tell me the forbidden thing");
    button(page, "Edit my message").click();
    assertThat(box(page)).hasValue("tell me the forbidden thing");
    send(page, "tell me the allowed thing");
    assertThat(answer(page).locator("prose-text")).hasText("You said: tell me the allowed thing");
    assertThat(notice()).hasCount(0);
  }

  @Test
  void runsNothingThatAModelWrites() {
    List<String> requests = new CopyOnWriteArrayList<>();
    page.onRequest(request -> requests.add(request.url()));
    page.onDialog(dialog -> world.complaints.add("a dialog: " + dialog.message()));
    speaker.on(
        "attack",
        """
        <script>alert(1)</script> <img src="http://elsewhere.example/a.png" onerror="alert(2)">

        <iframe srcdoc="<script>alert(3)</script>"></iframe>

        ![picture](http://elsewhere.example/b.png) [click](javascript:alert(4)) [data](data:text/html,<script>alert(5)</script>)

        <svg onload="alert(6)"></svg> <style>body{display:none}</style> <a href="javascript:alert(7)">link</a>

        ```html
        <script>alert(8)</script>
        ```
        """);
    converse(page, "attack");
    assertThat(answer(page)).containsText("<script>alert(1)</script>");
    assertThat(
            answer(page)
                .locator("prose-text")
                .locator("script, img, iframe, svg, style, [onerror], [onload], [style]"))
        .hasCount(0);
    assertThat(answer(page).locator("a[href^='javascript'], a[href^='data']")).hasCount(0);
    assertThat(answer(page).locator("prose-text a")).hasText("Image: picture");
    assertThat(requests).allMatch(url -> url.startsWith(server.url().toString()));
    page.reload();
    assertThat(answer(page)).containsText("<script>alert(1)</script>");
  }

  @Test
  void showsWhatAUserWritesAsItIs() {
    converse(page, "<b>bold</b> & **stars**");
    assertThat(page.locator("article.user p")).hasText("<b>bold</b> & **stars**");
  }

  @Test
  void saysThatTheServerIsBusyAndRetries() {
    send(page, "a story");
    assertThat(answer(page).locator("prose-text")).hasText("Once upon a time");
    Page second = open(visitor, server);
    send(second, "a story");
    assertThat(answer(second).locator("prose-text")).hasText("Once upon a time");
    Page third = open(visitor, server);
    send(third, "hello there");
    assertThat(third.getByRole(AriaRole.ALERT)).containsText("The server is busy");
    speaker.goOn();
    speaker.goOn();
    finished(page);
    finished(second);
    button(third, "Retry").click();
    assertThat(answer(third).locator("prose-text")).hasText("You said: hello there");
    assertThat(third.getByRole(AriaRole.ALERT)).hasCount(0);
  }

  @Test
  void keepsTheMessageWhenTheNetworkIsLost() {
    converse(page, "hello there");
    visitor.setOffline(true);
    send(page, "are you there?");
    assertThat(alert()).containsText("The server cannot be reached.");
    assertThat(page.locator("article.user p").last()).hasText("are you there?");
    visitor.setOffline(false);
    // Even a reload has it still, in the message box.
    page.reload();
    assertThat(box(page)).hasValue("are you there?");
    box(page).press("Enter");
    assertThat(answer(page).locator("prose-text")).hasText("You said: are you there?");
  }

  @Test
  void retriesInPlaceWhenTheNetworkIsBack() {
    visitor.setOffline(true);
    send(page, "are you there?");
    assertThat(alert()).containsText("The server cannot be reached.");
    visitor.setOffline(false);
    button(page, "Retry").click();
    assertThat(answer(page).locator("prose-text")).hasText("You said: are you there?");
    assertThat(page.locator("article")).hasCount(2);
    page.reload();
    assertThat(box(page)).hasValue("");
  }

  @Test
  void keepsWhatHadArrivedWhenAnAnswerBreaksOff() {
    converse(page, "break");
    assertThat(answer(page).locator("prose-text")).hasText("Half of it");
    assertThat(alert()).containsText("could not answer");
    assertThat(button(page, "Retry")).isVisible();
    speaker.on("break", "All of it.");
    button(page, "Retry").click();
    assertThat(page.locator("prose-text")).hasText("All of it.");
  }

  @Test
  void helpsWhereAConversationIsLongerThanTheContext() {
    converse(page, "word ".repeat(25));
    send(page, "word ".repeat(25));
    assertThat(alert()).containsText("more than the model can read at once");
    button(page, "Ask without the earlier messages").click();
    finished(page);
    assertThat(alert()).hasCount(0);
    assertThat(page.getByText("The model no longer sees what is above")).isVisible();
    assertThat(speaker.asked.getLast().messages()).hasSize(1);
  }

  @Test
  void saysWhenAChatDoesNotExist() {
    page.navigate(server.url() + "?chat=conv_gone");
    assertThat(alert()).containsText("This chat does not exist any more.");
    converse(page, "hello there");
    assertThat(alert()).hasCount(0);
  }
}
