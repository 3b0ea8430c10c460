package dev.forefront.serve;

import dev.forefront.release.Release;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET /v1/models} and {@code /v1/models/ID}. Both vendors use these paths; the object has
 * the fields of both.
 */
final class ModelsApi {
  private final Release release;
  private final int contextLength;

  ModelsApi(Release release, int contextLength) {
    this.release = release;
    this.contextLength = contextLength;
  }

  void list(Call call) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.put("object", "list");
    answer.putArray("data").add(model());
    answer.put("has_more", false);
    answer.put("first_id", release.name());
    answer.put("last_id", release.name());
    call.send(200, answer);
  }

  void get(Call call) {
    String id = call.request().path().pathParameters().get("id");
    if (!id.equals(release.name())) {
      throw ApiException.of(
          Problem.NOT_FOUND, "this server serves the release %s alone".formatted(release.name()));
    }
    call.send(200, model());
  }

  private ObjectNode model() {
    ObjectNode model = JsonMapper.shared().createObjectNode();
    model.put("id", release.name());
    model.put("object", "model");
    model.put("created", release.created().getEpochSecond());
    model.put("owned_by", "forefront");
    model.put("type", "model");
    model.put("display_name", release.name());
    model.put("created_at", release.created().toString());
    model.put("max_input_tokens", contextLength - 1);
    model.put("max_tokens", contextLength);
    model.putNull("capabilities");
    return model;
  }
}
