package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The sets that Forefront knows, from {@code catalogue.yaml}. */
public final class Catalogue {
  private final Map<String, DataSet> sets = new LinkedHashMap<>();

  private Catalogue(List<DataSet> sets) {
    sets.forEach(set -> this.sets.put(set.name(), set));
  }

  /** The one that comes with this release. */
  public static Catalogue builtIn() {
    try (InputStream in =
        Objects.requireNonNull(Catalogue.class.getResourceAsStream("catalogue.yaml"))) {
      return parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads another catalogue's YAML. */
  static Catalogue parse(byte[] yaml) {
    try {
      return new Catalogue(new YAMLMapper().readValue(yaml, new TypeReference<List<DataSet>>() {}));
    } catch (JacksonException e) {
      throw new BadInputException("the catalogue cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  public List<DataSet> sets() {
    return List.copyOf(sets.values());
  }

  /**
   * @throws BadInputException where the catalogue has no such set
   */
  public DataSet set(String name) {
    DataSet set = sets.get(name);
    if (set == null) {
      throw new BadInputException(
          "there is no set %s in the catalogue; it has %s"
              .formatted(name, String.join(", ", sets.keySet())));
    }
    return set;
  }
}
