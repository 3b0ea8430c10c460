package dev.forefront;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the table of rooms in docs/architecture.md: who may know whom. */
class WallsTest {

  private static JavaClasses house;

  @BeforeAll
  static void importHouse() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.forefront");
  }

  @Test
  void directImportsFormNoCycle() {
    slices().matching("dev.forefront.(*)..").should().beFreeOfCycles().check(house);
  }

  @Test
  void onlyTensorImportsTheNativeLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.forefront.tensor..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(house);
  }

  @Test
  void conversationKnowsNoOtherRoom() {
    room("conversation")
        .mustNotKnow(
            "schema",
            "token",
            "task",
            "data",
            "tensor",
            "model",
            "train",
            "align",
            "generate",
            "evaluate",
            "guard",
            "release",
            "audit",
            "serve",
            "cli");
  }

  @Test
  void schemaKnowsNoModelsNoTokensAndNoHttp() {
    room("schema")
        .mustNotKnow(
            "token",
            "task",
            "data",
            "tensor",
            "model",
            "train",
            "align",
            "generate",
            "evaluate",
            "guard",
            "release",
            "audit",
            "serve",
            "cli");
  }

  @Test
  void tokenKnowsNoModelAndNoTraining() {
    room("token").mustNotKnow("tensor", "model", "train", "align", "generate", "serve", "cli");
  }

  @Test
  void taskDoesNotKnowWhichModelAnswers() {
    room("task").mustNotKnow("tensor", "model", "train", "align", "generate", "serve", "cli");
  }

  @Test
  void dataKnowsNoTensors() {
    room("data")
        .mustNotKnow(
            "tensor",
            "model",
            "train",
            "align",
            "generate",
            "evaluate",
            "guard",
            "release",
            "serve",
            "cli");
  }

  @Test
  void tensorKnowsNoTransformersAndNoTokens() {
    room("tensor")
        .mustNotKnow(
            "conversation",
            "token",
            "task",
            "data",
            "model",
            "train",
            "align",
            "generate",
            "evaluate",
            "guard",
            "release",
            "audit",
            "serve",
            "cli");
  }

  @Test
  void modelKnowsNoTextNoOptimizersNoUsers() {
    room("model")
        .mustNotKnow(
            "token",
            "task",
            "data",
            "train",
            "align",
            "generate",
            "evaluate",
            "guard",
            "release",
            "audit",
            "serve",
            "cli");
  }

  @Test
  void trainKnowsNoChatAndNoPolicies() {
    room("train")
        .mustNotKnow("align", "generate", "evaluate", "guard", "release", "audit", "serve", "cli");
  }

  @Test
  void alignNeverSeesTheExam() {
    room("align").mustNotKnow("task", "evaluate", "guard", "release", "generate", "serve", "cli");
  }

  @Test
  void generateKnowsNoHttpAndNoPolicy() {
    room("generate")
        .mustNotKnow(
            "schema", "train", "align", "evaluate", "guard", "release", "audit", "serve", "cli");
  }

  @Test
  void evaluateSeesModelsThroughTheWaistAlone() {
    room("evaluate")
        .mustNotKnow("tensor", "model", "train", "align", "generate", "release", "serve", "cli");
  }

  @Test
  void guardKnowsNoSessionsAndNoHttp() {
    room("guard")
        .mustNotKnow("tensor", "model", "train", "align", "evaluate", "release", "serve", "cli");
  }

  @Test
  void releaseKnowsFilesAndDigestsOnly() {
    room("release")
        .mustNotKnow(
            "token",
            "task",
            "data",
            "tensor",
            "model",
            "train",
            "align",
            "generate",
            "evaluate",
            "guard",
            "serve",
            "cli");
  }

  @Test
  void auditDoesNotKnowWhatEntriesMean() {
    room("audit")
        .mustNotKnow(
            "token",
            "task",
            "data",
            "tensor",
            "model",
            "train",
            "align",
            "generate",
            "evaluate",
            "guard",
            "release",
            "serve",
            "cli");
  }

  @Test
  void serveNeverTouchesModelTensorOrTraining() {
    room("serve").mustNotKnow("tensor", "model", "train", "align", "cli");
  }

  private static Room room(String name) {
    return new Room(name);
  }

  private record Room(String name) {
    void mustNotKnow(String... rooms) {
      noClasses()
          .that()
          .resideInAPackage("dev.forefront." + name + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              Arrays.stream(rooms)
                  .map(room -> "dev.forefront." + room + "..")
                  .toArray(String[]::new))
          .allowEmptyShould(true)
          .check(house);
    }
  }
}
