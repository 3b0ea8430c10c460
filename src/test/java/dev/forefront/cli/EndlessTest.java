package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Listener;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.generate.Engine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replies that go on for as long as they may. */
class EndlessTest {
  private static final Conversation HELLO = Conversation.of(Message.user("Hello"));

  @TempDir private Path folder;

  @Test
  void whatIsDictatedIsSaidWithoutTheModelAndCountsWhoListens() throws IOException {
    try (Engine engine = Engine.open(ReferenceModels.ofChat(folder), new LoadedFiles())) {
      int[] ids = engine.tokenizer().encode("Hi there");
      Endless silent = Endless.silent(engine, ids);
      Reply reply = silent.reply(HELLO, Sampling.chat(3 * ids.length, 1), Listener.SILENT);
      assertThat(reply.stop()).isEqualTo(StopReason.MAX_TOKENS);
      assertThat(reply.text()).contains("Hi there");
      assertThat(silent.written()).hasSize(3 * ids.length);
      double nothing = Collections.min(silent.heard());

      silent.heard().clear();
      Reply cut = silent.reply(HELLO, Sampling.chat(9, 1), (piece, at) -> worked(at));
      assertThat(cut.stop()).isEqualTo(StopReason.CANCELLED);
      assertThat(silent.heard()).hasSize(2).allMatch(seconds -> seconds >= nothing + 4e-3);
    }
  }

  /** Takes five milliseconds of the processor, however long that takes, and wants two tokens. */
  private static Next worked(int at) {
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long end = clock.getCurrentThreadCpuTime() + 5_000_000;
    while (clock.getCurrentThreadCpuTime() < end) {
      Thread.onSpinWait();
    }
    return at < 2 ? Next.CONTINUE : Next.STOP;
  }
}
