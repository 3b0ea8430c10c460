package dev.forefront.serve;

import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.Tenant;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.ServerRequestHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells callers apart, without asking whether they are who they say. Whoever is to pass for another
 * would have to come from the same address and send the same keys and cookies, and a proxy between
 * would have to say the same of both: what is not known can only make more tenants, never one of
 * two.
 */
final class Tenants {
  /**
   * What clients prove who they are with, or draw by chance as the chat page does, and what proxies
   * say of whom they let through.
   */
  private static final List<HeaderName> TELLING =
      Stream.of(
              "authorization",
              "x-api-key",
              "cookie",
              "x-forefront-caller",
              "forwarded",
              "x-forwarded-for",
              "x-real-ip",
              "x-forwarded-user",
              "x-forwarded-email",
              "x-forwarded-preferred-username",
              "x-auth-request-user",
              "x-auth-request-email",
              "x-remote-user",
              "remote-user",
              "x-webauth-user",
              "x-forwarded-client-cert")
          .map(HeaderNames::create)
          .toList();

  /** What the chat page draws travels as a cookie, or as a header where cookies are off. */
  private static final String COOKIE = "forefront-caller";

  private static final HeaderName CALLER = HeaderNames.create("x-forefront-caller");

  private Tenants() {}

  /**
   * @param address that the request came from
   */
  static Tenant of(String address, Headers headers) {
    MessageDigest digest = Sha256.digest();
    add(digest, address);
    for (HeaderName name : TELLING) {
      List<String> values =
          headers.contains(name) ? headers.get(name).allValues() : List.<String>of();
      digest.update((byte) values.size());
      values.forEach(value -> add(digest, value));
    }
    return new Tenant(HexFormat.of().formatHex(digest.digest()));
  }

  /**
   * Whose a conversation is, wherever they are today: a digest of what the chat page drew by chance
   * for this browser, or empty where nothing was drawn.
   */
  static String owner(ServerRequestHeaders headers) {
    Optional<String> drawn =
        headers.contains(CALLER)
            ? Optional.of(headers.get(CALLER).get())
            : headers.cookies().first(COOKIE).asOptional();
    MessageDigest digest = Sha256.digest();
    return drawn
        .filter(text -> !text.isBlank())
        .map(text -> HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8))))
        .orElse("");
  }

  /** With its length, so that no two lists of texts look alike. */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int shift = 24; shift >= 0; shift -= 8) {
      digest.update((byte) (bytes.length >>> shift));
    }
    digest.update(bytes);
  }
}
