package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.guard.Guard;
import dev.forefront.serve.Asking.Answer;
import dev.forefront.serve.ServerSettings.Most;
import dev.forefront.serve.ServerSettings.Room;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ConversationsApiTest {
  private static final String TURNS =
      """
      {"title":"Cats","messages":[
        {"role":"user","content":"Hello","status":"done","notice":null},
        {"role":"assistant","content":"Good","status":"refused",
         "notice":{"hazard":"S1","notice":"No."}}]}
      """;

  @TempDir Path folder;
  private ReleasedModel released;
  private Server server;
  private Asking asking;

  @BeforeEach
  void start() {
    released = ReleasedModel.in(folder);
    serve(released.settings());
  }

  private void serve(ServerSettings settings) {
    server = released.serve(ScriptedModel.saying("Good day."), Guard.builtIn(), settings);
    asking = Asking.of(server);
  }

  @AfterEach
  void stop() {
    server.close();
    released.close();
  }

  @Test
  void keepsConversationsOverARestart() {
    JsonNode made = asking.post("/api/conversations", "{\"title\":\"New\"}").json();
    String id = made.path("id").asString();
    assertThat(id).hasSizeGreaterThan(20);
    assertThat(asking.put("/api/conversations/" + id, TURNS).status()).isEqualTo(200);

    server.close();
    serve(released.settings());

    JsonNode kept = asking.get("/api/conversations/" + id).json();
    assertThat(kept.path("title").asString()).isEqualTo("Cats");
    assertThat(kept.at("/messages/0/content").asString()).isEqualTo("Hello");
    assertThat(kept.at("/messages/0/notice").isNull()).isTrue();
    assertThat(kept.at("/messages/1/status").asString()).isEqualTo("refused");
    assertThat(kept.at("/messages/1/notice/hazard").asString()).isEqualTo("S1");
  }

  @Test
  void showsEachBrowserItsOwn() {
    String[] ada = {"cookie", "theme=dark; forefront-caller=a1"};
    String[] bob = {"cookie", "forefront-caller=b2"};
    String path =
        "/api/conversations/"
            + asking
                .post("/api/conversations", "{\"title\":\"Ada's\"}", ada)
                .json()
                .path("id")
                .asString();

    for (String[] other : new String[][] {bob, {}}) {
      assertThat(titles(other)).isEmpty();
      assertThat(asking.get(path, other).status()).isEqualTo(404);
      assertThat(asking.send("PUT", path, BodyPublishers.ofString(TURNS), other).status())
          .isEqualTo(404);
      assertThat(asking.send("DELETE", path, BodyPublishers.noBody(), other).status())
          .isEqualTo(404);
    }
    // Where cookies are off the page says who it is in a header.
    assertThat(titles("x-forefront-caller", "a1")).containsExactly("Ada's");
    assertThat(asking.get(path, ada).status()).isEqualTo(200);
    assertThat(asking.send("DELETE", path, BodyPublishers.noBody(), ada).status()).isEqualTo(204);
  }

  @Test
  void showsEveryoneWhatNobodyOwns() {
    asking.post("/api/conversations", "{\"title\":\"Open\"}");
    assertThat(titles()).containsExactly("Open");
    assertThat(titles("cookie", "forefront-caller=b2")).containsExactly("Open");
  }

  private List<String> titles(String... headers) {
    return asking
        .get("/api/conversations", headers)
        .json()
        .path("conversations")
        .valueStream()
        .map(one -> one.path("title").asString())
        .toList();
  }

  @Test
  void listsTheNewestFirst() throws InterruptedException {
    String first =
        asking.post("/api/conversations", "{\"title\":\"1\"}").json().path("id").asString();
    Thread.sleep(2);
    Answer second = asking.post("/api/conversations", "{}");
    assertThat(second.status()).isEqualTo(201);
    Thread.sleep(2);
    asking.put("/api/conversations/" + first, TURNS);

    JsonNode list = asking.get("/api/conversations").json().path("conversations");
    assertThat(list.size()).isEqualTo(2);
    assertThat(list.at("/0/title").asString()).isEqualTo("Cats");
    assertThat(list.at("/1/id").asString()).isEqualTo(second.json().path("id").asString());
    assertThat(asking.get("/api/conversations?limit=1").json().path("conversations").size())
        .isEqualTo(1);
    assertThat(asking.get("/api/conversations?limit=none").status()).isEqualTo(400);
  }

  @Test
  void deletesForGood() {
    String id = asking.post("/api/conversations", "{}").json().path("id").asString();
    asking.put("/api/conversations/" + id, TURNS);

    assertThat(asking.delete("/api/conversations/" + id).status()).isEqualTo(204);

    assertThat(asking.get("/api/conversations/" + id).status()).isEqualTo(404);
    assertThat(asking.delete("/api/conversations/" + id).status()).isEqualTo(404);
    assertThat(asking.put("/api/conversations/" + id, TURNS).status()).isEqualTo(404);
    assertThat(asking.get("/api/conversations").json().path("conversations").isEmpty()).isTrue();
  }

  @Test
  void aReplacementThatIsWrongChangesNothing() {
    String id = asking.post("/api/conversations", "{}").json().path("id").asString();
    asking.put("/api/conversations/" + id, TURNS);

    Answer wrong =
        asking.put(
            "/api/conversations/" + id,
            "{\"title\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"status\":\"odd\"}]}");

    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().at("/error/message").asString())
        .isEqualTo("messages.0.status: must be one of done, failed, refused, stopped");
    assertThat(asking.get("/api/conversations/" + id).json().path("messages").size()).isEqualTo(2);
  }

  @Test
  void saysWhenThePlaceIsFull() {
    server.close();
    serve(released.settings().with(new Room(new Most(2, 100), new Most(9, 999))));
    String id = asking.post("/api/conversations", "{}").json().path("id").asString();
    asking.post("/api/conversations", "{}");

    Answer third = asking.post("/api/conversations", "{}");
    assertThat(third.status()).isEqualTo(409);
    assertThat(third.json().at("/error/message").asString()).contains("2 conversations are kept");

    String large =
        "{\"title\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted("long ".repeat(30));
    Answer full = asking.put("/api/conversations/" + id, large);
    assertThat(full.status()).isEqualTo(409);
    assertThat(asking.get("/api/conversations/" + id).json().path("title").asString()).isEmpty();
  }

  private Answer create(String... caller) {
    return asking.post("/api/conversations", "{}", caller);
  }

  private Answer put(Answer made, int bytes, String... caller) {
    String body =
        "{\"title\":\"\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted("x".repeat(bytes));
    return asking.send("PUT", path(made), BodyPublishers.ofString(body), caller);
  }

  private static String[] caller(String name) {
    return new String[] {"cookie", "forefront-caller=" + name};
  }

  private static String message(Answer answer) {
    assertThat(answer.status()).isEqualTo(409);
    return answer.json().at("/error/message").asString();
  }

  @Test
  void whoeverFillsTheirOwnRoomLeavesThatOfOthers() {
    server.close();
    serve(released.settings().with(new Room(new Most(5, 1_000), new Most(2, 300))));
    Answer adas = create(caller("ada"));
    create(caller("ada"));
    assertThat(message(create(caller("ada"))))
        .isEqualTo(
            "2 conversations of this browser are kept already, and that is the most: delete one"
                + " first");
    assertThat(put(adas, 300, caller("ada")).status()).isEqualTo(200);
    assertThat(message(put(adas, 301, caller("ada"))))
        .isEqualTo(
            "the conversations of this browser have 300 bytes already and at most 300 are kept:"
                + " delete some first");

    Answer bobs = create(caller("bob"));
    assertThat(put(bobs, 300, caller("bob")).status()).isEqualTo(200);
    // What nobody owns has the room of one more, whoever writes it.
    Answer nobodys = create();
    create();
    assertThat(message(create())).startsWith("2 conversations that nobody owns are kept");
    assertThat(put(nobodys, 300, caller("bob")).status()).isEqualTo(200);
    assertThat(message(put(nobodys, 301, caller("bob")))).contains("that nobody owns have 300");

    // Five of everyone together.
    assertThat(message(create(caller("bob")))).startsWith("5 conversations are kept already");
    assertThat(asking.send("DELETE", path(nobodys), BodyPublishers.noBody()).status())
        .isEqualTo(204);
    assertThat(create(caller("bob")).status()).isEqualTo(201);
  }

  private static String path(Answer made) {
    return "/api/conversations/" + made.json().path("id").asString();
  }

  @Test
  void whereThereIsLessRoomThanThereWasWhatIsKeptMayShrinkAndNotGrow() {
    Answer one = create(caller("ada"));
    create(caller("ada"));
    assertThat(put(one, 500, caller("ada")).status()).isEqualTo(200);
    server.close();
    serve(released.settings().with(new Room(new Most(9, 900), new Most(1, 200))));

    assertThat(message(create(caller("ada")))).startsWith("2 conversations of this browser");
    assertThat(put(one, 501, caller("ada")).status()).isEqualTo(409);
    assertThat(put(one, 500, caller("ada")).status()).isEqualTo(200);
    assertThat(put(one, 400, caller("ada")).status()).isEqualTo(200);
    assertThat(put(one, 401, caller("ada")).status()).isEqualTo(409);
  }
}
