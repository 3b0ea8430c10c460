package dev.forefront.serve;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;

/** The vendors' own clients, set up as their documentation says, for one server. */
record SdkClients(AnthropicClient anthropic, OpenAIClient openai) implements AutoCloseable {

  static SdkClients of(Server server) {
    String url = "http://localhost:" + server.port();
    return new SdkClients(
        AnthropicOkHttpClient.builder().baseUrl(url).apiKey("any").build(),
        OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey("any").build());
  }

  @Override
  public void close() {
    anthropic.close();
    openai.close();
  }
}
