package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code deploy/kubernetes/train.yaml} tells a cluster. */
class KubernetesFileTest {
  private static final Map<String, JsonNode> KINDS = new TreeMap<>();

  private static JsonNode job;
  private static JsonNode pod;
  private static JsonNode rank;

  @BeforeAll
  static void read() throws IOException {
    YAMLMapper yaml = new YAMLMapper();
    try (JsonParser parser =
        yaml.createParser(Files.readString(Path.of("deploy/kubernetes/train.yaml")))) {
      yaml.readerFor(JsonNode.class)
          .<JsonNode>readValues(parser)
          .forEachRemaining(one -> KINDS.put(one.path("kind").asString(), one));
    }
    job = kind("Job").path("spec");
    pod = job.at("/template/spec");
    rank = pod.at("/containers/0");
  }

  @Test
  void thereIsAPodForEachRankAndNoneTooMany() {
    assertThat(KINDS.keySet()).containsExactly("Job", "NetworkPolicy", "Service");
    assertThat(job.path("completionMode").asString()).isEqualTo("Indexed");
    assertThat(job.path("parallelism").asInt()).isEqualTo(job.path("completions").asInt());
    assertThat(variable("WORLD_SIZE")).isEqualTo(job.path("completions").asString());
    assertThat(entry(rank.path("env"), "RANK").at("/valueFrom/fieldRef/fieldPath").asString())
        .isEqualTo("metadata.annotations['batch.kubernetes.io/job-completion-index']");
  }

  /** An Indexed Job's pods are called by its name and their number, below the subdomain. */
  @Test
  void rank0IsFoundThroughTheHeadlessService() {
    JsonNode service = kind("Service");
    assertThat(service.at("/spec/clusterIP").asString()).isEqualTo("None");
    assertThat(service.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
    String subdomain = service.at("/metadata/name").asString();
    assertThat(pod.path("subdomain").asString()).isEqualTo(subdomain);
    assertThat(variable("MASTER_ADDR"))
        .isEqualTo(kind("Job").at("/metadata/name").asString() + "-0." + subdomain);
    assertThat(variable("MASTER_PORT"))
        .isEqualTo(service.at("/spec/ports/0/port").asString())
        .matches("[1-9][0-9]{3,4}");
  }

  @Test
  void theRanksAloneReachTheRanks() {
    JsonNode labels = job.at("/template/metadata/labels");
    JsonNode policy = kind("NetworkPolicy").path("spec");
    assertThat(labels.size()).isPositive();
    assertThat(kind("Service").at("/spec/selector")).isEqualTo(labels);
    assertThat(policy.at("/podSelector/matchLabels")).isEqualTo(labels);
    assertThat(policy.path("policyTypes").valueStream().map(JsonNode::asString))
        .containsExactly("Ingress", "Egress");
    assertThat(policy.path("ingress")).hasSize(1);
    assertThat(policy.at("/ingress/0/from")).hasSize(1);
    assertThat(policy.at("/ingress/0/from/0/podSelector/matchLabels")).isEqualTo(labels);
  }

  /** Who is gone ends the others: all are started again, but not for ever. */
  @Test
  void aRunGoesOnAfterAnIncidentAndNotForEver() {
    assertThat(pod.path("restartPolicy").asString()).isEqualTo("Never");
    assertThat(job.path("backoffLimitPerIndex").asInt()).isBetween(1, 100);
    assertThat(job.path("maxFailedIndexes").asInt(-1)).isZero();
    assertThat(job.path("podReplacementPolicy").asString()).isEqualTo("Failed");
    JsonNode rules = job.at("/podFailurePolicy/rules");
    assertThat(rules.get(0).path("action").asString()).isEqualTo("FailJob");
    assertThat(rules.get(0).at("/onExitCodes/containerName")).isEqualTo(rank.path("name"));
    assertThat(rules.get(0).at("/onExitCodes/values").valueStream().map(JsonNode::asInt))
        .containsExactly(Exit.USAGE);
    assertThat(rules.get(1).path("action").asString()).isEqualTo("Ignore");
    assertThat(rules.get(1).at("/onPodConditions/0/type").asString()).isEqualTo("DisruptionTarget");
    assertThat(command().getLast()).endsWith(" --resume");
    assertThat(pod.path("terminationGracePeriodSeconds").asInt())
        .as("longer than a rank saves, see Interruption")
        .isGreaterThan(120);
  }

  @Test
  void theCommandIsOneAndWritesWhereTheClaimIs() {
    List<String> words = List.of(command().getLast().split(" "));
    String run = words.get(words.indexOf("--run") + 1);
    assertThat(command().getFirst()).isEqualTo("sh");
    assertThat(command().getLast()).startsWith("mkdir -p " + run + " && exec ./forefront train ");
    List<String> arguments = words.subList(words.indexOf("train") + 1, words.size());
    new CommandLine(new TrainVerb()).parseArgs(arguments.toArray(String[]::new));
    assertThat(Path.of(arguments.getFirst())).isRegularFile();
    JsonNode mount = entry(rank.path("volumeMounts"), "runs");
    assertThat(run).startsWith(mount.path("mountPath").asString() + "/");
    assertThat(words.get(words.indexOf("--data") + 1))
        .startsWith(mount.path("mountPath").asString() + "/");
    assertThat(entry(pod.path("volumes"), "runs").has("persistentVolumeClaim")).isTrue();
  }

  @Test
  void theImageIsMadeForThePodsUserAndCommand() throws IOException {
    String image = Files.readString(Path.of("deploy/Containerfile"));
    JsonNode user = pod.path("securityContext");
    assertThat(image)
        .contains(
            "\nUSER %d:%d\n"
                .formatted(user.path("runAsUser").asInt(), user.path("runAsGroup").asInt()))
        .containsPattern("(?s)\nWORKDIR (\\S+)\n.*\nCOPY --from=build \\1 \\1\nWORKDIR \\1\n")
        .endsWith("ENTRYPOINT [\"./forefront\"]\nCMD [\"--help\"]\n");
    assertThat(Files.readAllLines(Path.of(".dockerignore"))).contains("target", "runs");
  }

  @Test
  void aRankMayDoNothingButCompute() {
    JsonNode user = pod.path("securityContext");
    assertThat(user.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(user.path("runAsUser").asInt()).isPositive();
    assertThat(user.at("/seccompProfile/type").asString()).isEqualTo("RuntimeDefault");
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    JsonNode container = rank.path("securityContext");
    assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/capabilities/drop/0").asString()).isEqualTo("ALL");
    String home = variable("HOME");
    JsonNode mount =
        rank.path("volumeMounts")
            .valueStream()
            .filter(one -> one.path("mountPath").asString().equals(home))
            .findFirst()
            .orElseThrow();
    assertThat(entry(pod.path("volumes"), mount.path("name").asString()).has("emptyDir"))
        .as("natives are unpacked there")
        .isTrue();
  }

  @Test
  void aRankGetsWhatItAsksFor() {
    assertThat(rank.at("/resources/limits")).isEqualTo(rank.at("/resources/requests"));
    assertThat(rank.at("/resources/limits/cpu").asString()).as("whole cores").matches("[1-9]\\d*");
    assertThat(rank.at("/resources/limits").propertyNames()).contains("memory");
  }

  private static JsonNode kind(String name) {
    return Objects.requireNonNull(KINDS.get(name), name);
  }

  private static List<String> command() {
    List<String> words = new ArrayList<>();
    rank.path("command").forEach(word -> words.add(word.asString()));
    return words;
  }

  private static String variable(String name) {
    return entry(rank.path("env"), name).path("value").asString();
  }

  private static JsonNode entry(JsonNode list, String name) {
    return list.valueStream()
        .filter(one -> one.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s in %s".formatted(name, list)));
  }
}
