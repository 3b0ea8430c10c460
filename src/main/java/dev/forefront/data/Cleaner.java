package dev.forefront.data;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Takes documents one by one and lets through what may be learnt, counting what was dropped and
 * why. Remembers hashes of what it has seen, no texts. Not safe for several threads.
 */
public final class Cleaner {
  private final Cleaning settings;
  private final HeldOut heldOut;
  private final LongSet seen = new LongSet();
  private final NearDuplicates near;
  private final Redactor redactor = new Redactor();
  private final Map<String, Tally> tallies = new LinkedHashMap<>();

  public Cleaner(Cleaning settings, HeldOut heldOut) {
    this.settings = settings;
    this.heldOut = heldOut;
    near = new NearDuplicates(settings.nearDuplicate());
  }

  private static final class Tally {
    private String licence = "";
    private long read;
    private long kept;
    private long keptCharacters;
    private final Map<String, Long> dropped = new TreeMap<>();
  }

  /** The document, redacted, or nothing where it was dropped. */
  public Optional<Document> clean(Document document) {
    Tally tally = tallies.computeIfAbsent(document.source(), source -> new Tally());
    tally.licence = document.licence();
    tally.read++;
    Optional<Drop> reason = Quality.broken(document);
    if (reason.isEmpty() && settings.filter()) {
      reason = Quality.poor(document);
    }
    Document redacted = document;
    if (reason.isEmpty()) {
      redacted = settings.redact() ? document.mapTexts(redactor::redact) : document;
      reason = known(redacted);
    }
    if (reason.isPresent()) {
      tally.dropped.merge(reason.get().label(), 1L, Long::sum);
      return Optional.empty();
    }
    tally.kept++;
    tally.keptCharacters += redacted.texts().stream().mapToLong(String::length).sum();
    return Optional.of(redacted);
  }

  private Optional<Drop> known(Document document) {
    Words whole = Words.of(document.wholeText());
    if (heldOut.touches(whole) || document.texts().stream().anyMatch(heldOut::touches)) {
      return Optional.of(Drop.CONTAMINATED);
    }
    if (!seen.add(Hashing.of(document.wholeText().strip()))) {
      return Optional.of(Drop.EXACT_DUPLICATE);
    }
    return near.add(whole) ? Optional.empty() : Optional.of(Drop.NEAR_DUPLICATE);
  }

  /** What happened so far, by source. */
  public Map<String, Manifest.Source> sources() {
    Map<String, Manifest.Source> sources = new LinkedHashMap<>();
    tallies.forEach(
        (name, tally) ->
            sources.put(
                name,
                new Manifest.Source(
                    tally.licence,
                    tally.read,
                    tally.kept,
                    tally.keptCharacters,
                    Map.copyOf(tally.dropped))));
    return sources;
  }

  /** How many mail addresses, numbers and so on were replaced, by kind. */
  public Map<String, Long> redacted() {
    Map<String, Long> redacted = new TreeMap<>();
    redactor.found().forEach((kind, n) -> redacted.put(kind.name().toLowerCase(Locale.ROOT), n));
    return redacted;
  }
}
