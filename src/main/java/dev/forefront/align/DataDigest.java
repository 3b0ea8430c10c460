package dev.forefront.align;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Judged;
import dev.forefront.data.Preference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The identity of what was learnt from: SHA-256 over every text with its length before it. */
final class DataDigest {
  private final MessageDigest digest;

  private DataDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String ofConversations(List<Conversation> conversations) {
    DataDigest digest = new DataDigest();
    conversations.forEach(digest::add);
    return digest.finish();
  }

  static String ofPreferences(List<Preference> preferences) {
    DataDigest digest = new DataDigest();
    for (Preference preference : preferences) {
      digest.add(preference.prompt());
      digest.add(preference.chosen());
      digest.add(preference.rejected());
      if (preference.margin() != 0) {
        digest.add(Double.toString(preference.margin()));
      }
    }
    return digest.finish();
  }

  static String ofJudged(List<Judged> judged) {
    DataDigest digest = new DataDigest();
    for (Judged one : judged) {
      digest.add(one.prompt());
      digest.add(one.reply());
      digest.add(one.label().name());
    }
    return digest.finish();
  }

  private void add(Conversation conversation) {
    add(Integer.toString(conversation.messages().size()));
    for (Message message : conversation.messages()) {
      add(message.role().wireName());
      add(message.content());
    }
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private String finish() {
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }
}
