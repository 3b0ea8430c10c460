package dev.forefront.data.sets;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A public file at a fixed commit.
 *
 * @param address where it is had
 * @param file where it goes inside the set's folder
 * @param sha256 of its bytes, in hex
 */
record Pin(URI address, String file, String sha256) {

  /** The pins of a set, from {@code pins/NAME.tsv}. */
  static List<Pin> of(String set) {
    try (InputStream in = Pin.class.getResourceAsStream("pins/" + set + ".tsv")) {
      if (in == null) {
        throw new IllegalStateException("set " + set + " has no pins");
      }
      return parse(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lines of {@code @ base-address folder}, each followed by lines of {@code sha256 path [name]};
   * tabs between the columns.
   */
  static List<Pin> parse(BufferedReader lines) throws IOException {
    List<Pin> pins = new ArrayList<>();
    String base = "";
    String folder = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] cells = line.split("\t", -1);
      if (cells[0].equals("@")) {
        base = cells[1];
        folder = cells[2];
      } else {
        String name = cells.length > 2 ? cells[2] : cells[1];
        pins.add(new Pin(address(base, cells[1]), folder + name, cells[0]));
      }
    }
    return pins;
  }

  /** The base is written as it is; the path's spaces and accents are escaped. */
  private static URI address(String base, String path) {
    try {
      String escaped = new URI(null, null, "/" + path, null).toASCIIString().substring(1);
      return URI.create(base + escaped);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("pin " + path + " is no path", e);
    }
  }
}
