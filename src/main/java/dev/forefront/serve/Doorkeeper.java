package dev.forefront.serve;

import dev.forefront.conversation.Sha256;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps other web sites out. A browser that shows one of them can send requests to this machine: it
 * names the site in {@code Origin}, and where the site's name was made to point here, in {@code
 * Host}.
 */
final class Doorkeeper {
  private static final Pattern IMPORT_MAP =
      Pattern.compile("<script[^>]*type=\"importmap\"[^>]*>(.*?)</script>", Pattern.DOTALL);
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+(%[0-9a-z._~%-]+)?]");
  private static final HeaderName FETCH_SITE = HeaderNames.create("sec-fetch-site");
  private static final HeaderName FETCH_MODE = HeaderNames.create("sec-fetch-mode");

  private final Set<String> names;
  private final boolean anyAddress;
  private final Map<String, String> headers;

  private Doorkeeper(Set<String> names, boolean anyAddress, Map<String, String> headers) {
    this.names = Set.copyOf(names);
    this.anyAddress = anyAddress;
    this.headers = Map.copyOf(headers);
  }

  /**
   * @param address what the server listens on; on a loopback address it answers to local names and
   *     those it was given, elsewhere to any address too
   * @param index the page, whose import maps are the only scripts inside of it that may run
   */
  static Doorkeeper of(ServerSettings.Address address, byte[] index) {
    Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    names.add(address.host().toLowerCase(Locale.ROOT));
    address.names().forEach(name -> names.add(withoutDot(name.toLowerCase(Locale.ROOT))));
    return new Doorkeeper(names, !isLoopback(address.host()), headers(index));
  }

  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static Map<String, String> headers(byte[] index) {
    List<String> scripts = new ArrayList<>(List.of("'self'"));
    Matcher maps = IMPORT_MAP.matcher(new String(index, StandardCharsets.UTF_8));
    while (maps.find()) {
      scripts.add(hash(maps.group(1)));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(
        "Content-Security-Policy",
        "default-src 'self'; script-src "
            + String.join(" ", scripts)
            + "; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    return headers;
  }

  /** As a content security policy names an inline script or style. */
  static String hash(String text) {
    byte[] digest = Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }

  /** What every answer carries. */
  Map<String, String> headers() {
    return headers;
  }

  /**
   * @throws ApiException where the request comes from another site
   */
  void check(Headers request) {
    String host = request.first(HeaderNames.HOST).orElse("").toLowerCase(Locale.ROOT);
    String name = withoutDot(withoutPort(host));
    // A name of somebody else's can be made to point here, an address cannot.
    if (!names.contains(name) && !(anyAddress && ADDRESS.matcher(name).matches())) {
      throw ApiException.of(
          Problem.FORBIDDEN,
          "this server is not called that: ask for %s, or start it with `--name` and the name"
              .formatted(anyAddress ? "its address" : "localhost"));
    }
    boolean foreign =
        request.first(HeaderNames.ORIGIN).map(origin -> !isHost(origin, host)).orElse(false);
    boolean crossSite =
        request.first(FETCH_SITE).filter("cross-site"::equals).isPresent()
            && request.first(FETCH_MODE).filter("navigate"::equals).isEmpty();
    if (foreign || crossSite) {
      throw ApiException.of(Problem.FORBIDDEN, "requests from other web sites are not answered");
    }
  }

  private static boolean isHost(String origin, String host) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority != null && authority.toLowerCase(Locale.ROOT).equals(host);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A name may be written with the dot at its end that says it is whole. */
  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static String withoutPort(String host) {
    return host.replaceFirst(":\\d+$", "");
  }
}
