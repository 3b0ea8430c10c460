package dev.forefront.serve;

import dev.forefront.conversation.Sha256;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The chat page and the libraries that it uses, from the class path. Names outside of a short
 * alphabet, and libraries that no page of ours uses, do not exist.
 */
final class PageFiles {
  private static final String PAGE = "dev/forefront/serve/page/";
  private static final String WEBJARS = "META-INF/resources/webjars/";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  private static final Set<String> LIBRARIES =
      Set.of(
          "lit",
          "lit__reactive-element",
          "lit-html",
          "lit-element",
          "marked",
          "dompurify",
          "uplot",
          "highlight.js",
          "highlightjs__cdn-assets");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2");

  private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

  /** A file with what its answer's headers say. */
  private static final class Loaded {
    private final byte[] bytes;
    private final String type;
    private final String tag;

    Loaded(byte[] bytes, String type) {
      this.bytes = bytes;
      this.type = type;
      tag = "\"" + Sha256.hex(bytes).substring(0, 32) + "\"";
    }
  }

  /** The page itself, where this build has one. */
  Optional<byte[]> index() {
    return Optional.ofNullable(load(PAGE, "index.html")).map(file -> file.bytes);
  }

  void root(Call call) {
    send(call, load(PAGE, "index.html"), "no-cache");
  }

  void page(Call call) {
    send(call, load(PAGE, below(call, "/page/")), "no-cache");
  }

  void library(Call call) {
    String name = below(call, "/webjars/");
    boolean known = LIBRARIES.contains(name.substring(0, Math.max(0, name.indexOf('/'))));
    // The version is part of the address.
    send(call, known ? load(WEBJARS, name) : null, "public, max-age=31536000, immutable");
  }

  private static String below(Call call, String prefix) {
    String path = call.request().path().absolute().path();
    return path.startsWith(prefix) ? path.substring(prefix.length()) : "";
  }

  private static void send(Call call, @Nullable Loaded file, String caching) {
    if (file == null) {
      throw ApiException.of(Problem.NOT_FOUND, "there is no such page");
    }
    call.response()
        .header(HeaderNames.CACHE_CONTROL, caching)
        .header(HeaderNames.ETAG, file.tag)
        .header(HeaderNames.CONTENT_TYPE, file.type);
    boolean same =
        call.request()
            .headers()
            .first(HeaderNames.IF_NONE_MATCH)
            .map(tag -> tag.equals(file.tag))
            .orElse(false);
    if (same) {
      call.response().status(304).send();
    } else {
      call.response().status(200).send(file.bytes);
    }
  }

  private @Nullable Loaded load(String folder, String name) {
    for (String part : name.split("/", -1)) {
      if (!NAME.matcher(part).matches()) {
        return null;
      }
    }
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      return null;
    }
    Loaded known = loaded.get(folder + name);
    if (known != null) {
      return known;
    }
    // Files that exist are few; those that do not are not remembered.
    Loaded read = read(folder + name, type);
    if (read != null) {
      loaded.put(folder + name, read);
    }
    return read;
  }

  private static @Nullable Loaded read(String resource, String type) {
    ClassLoader loader = PageFiles.class.getClassLoader();
    try (@Nullable InputStream in = loader.getResourceAsStream(resource)) {
      if (in == null) {
        return null;
      }
      byte[] bytes = in.readAllBytes();
      return new Loaded(bytes, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
