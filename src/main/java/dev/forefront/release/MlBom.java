package dev.forefront.release;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ml-bom.cdx.json}: the release as a bill of materials in CycloneDX 1.6. The model is the
 * subject with its card; its files and the data that it learnt from are components.
 */
final class MlBom {
  private static final String MODEL = "model";

  private final Dossier dossier;

  private MlBom(Dossier dossier) {
    this.dossier = dossier;
  }

  static byte[] json(Dossier dossier) {
    return (new MlBom(dossier).root().toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private ObjectNode root() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("bomFormat", "CycloneDX").put("specVersion", "1.6");
    root.put("serialNumber", "urn:uuid:" + serial()).put("version", 1);
    ObjectNode metadata = root.putObject("metadata");
    metadata.put("timestamp", dossier.now().toString());
    metadata
        .putObject("tools")
        .putArray("components")
        .addObject()
        .put("type", "application")
        .put("name", "forefront");
    model(metadata.putObject("component"));
    ArrayNode components = root.putArray("components");
    ArrayNode parts =
        root.putArray("dependencies").addObject().put("ref", MODEL).putArray("dependsOn");
    dossier
        .candidate()
        .files()
        .hashes()
        .forEach(
            (path, hash) -> {
              file(components.addObject(), path, hash);
              parts.add("file:" + path);
            });
    for (Lineage.Dataset set : dossier.datasets()) {
      dataset(components.addObject(), set);
      parts.add("data:" + set.name());
    }
    return root;
  }

  /** The same release has the same number. */
  private UUID serial() {
    String identity =
        dossier.name() + "\n" + dossier.candidate().modelDigest() + "\n" + dossier.now();
    return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
  }

  private void model(ObjectNode component) {
    component.put("type", "machine-learning-model").put("bom-ref", MODEL);
    component.put("name", dossier.name());
    String digest = dossier.candidate().modelDigest();
    component.put("version", digest);
    component.put(
        "description",
        "Digest as Forefront's ModelDigest, over weights and what decides their use.");
    hash(component, digest.substring(digest.indexOf(':') + 1));
    ObjectNode card = component.putObject("modelCard");
    ObjectNode parameters = card.putObject("modelParameters");
    parameters.put("task", "text-generation");
    ArrayNode datasets = parameters.putArray("datasets");
    dossier.datasets().forEach(set -> datasets.addObject().put("ref", "data:" + set.name()));
    parameters.putArray("inputs").addObject().put("format", "text");
    parameters.putArray("outputs").addObject().put("format", "text");
    ArrayNode metrics = card.putObject("quantitativeAnalysis").putArray("performanceMetrics");
    for (Measurement one : dossier.measurements()) {
      ObjectNode metric = metrics.addObject();
      Subject subject = one.subject();
      metric.put("type", subject.metric()).put("value", Figure.of(one.value()));
      metric.put("slice", (subject.suite() + " " + subject.hazard()).strip());
      metric
          .putObject("confidenceInterval")
          .put("lowerBound", Figure.of(one.low()))
          .put("upperBound", Figure.of(one.high()));
    }
    ArrayNode limits = card.putObject("considerations").putArray("technicalLimitations");
    Limits.of(dossier).forEach(limits::add);
  }

  private static void file(ObjectNode component, String path, String hash) {
    component.put("type", "file").put("bom-ref", "file:" + path).put("name", path);
    hash(component, hash);
  }

  private static void dataset(ObjectNode component, Lineage.Dataset set) {
    component.put("type", "data").put("bom-ref", "data:" + set.name()).put("name", set.name());
    component.putArray("licenses").addObject().putObject("license").put("name", set.licence());
    ObjectNode data = component.putArray("data").addObject();
    data.put("type", "dataset").put("name", set.name());
    if (!set.source().isEmpty()) {
      data.put("description", set.source());
    }
  }

  private static void hash(ObjectNode component, String hex) {
    component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", hex);
  }
}
