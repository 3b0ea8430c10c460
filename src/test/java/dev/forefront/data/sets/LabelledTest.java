package dev.forefront.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each labelled set's format on a few harmless rows of our own. */
class LabelledTest {
  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<Labelled> read(String set) {
    return Labelled.read(root, set, DataSet.Use.MEASURE);
  }

  private List<Labelled> read(String set, String file, String text) throws IOException {
    write(set + "/" + file, text);
    return read(set);
  }

  @Test
  void moderationLabelsBecomeHazardsAndWhatIsAbsentIsUnknown() throws IOException {
    List<Labelled> texts =
        read(
            "safety-moderation-openai",
            "s.jsonl",
            """
            {"prompt": "one", "S": 1, "H": 0, "V": 0, "HR": 0, "SH": 0, "H2": 0, "V2": 0, "S3": 0}
            {"prompt": "two", "V2": 0, "H2": 0, "HR": 0, "SH": 1}

            {"prompt": "three", "V2": 1, "HR": 1, "H": 0}
            {"prompt": "four", "H": 0}
            """);
    assertThat(texts)
        .extracting(Labelled::hazards)
        .containsExactly(
            Map.of("S12", 1.0, "S10", 0.0, "S1", 0.0, "S11", 0.0),
            Map.of("S11", 1.0),
            Map.of("S1", 1.0, "S10", 1.0),
            Map.of("S10", 0.0));
    assertThat(texts).extracting(Labelled::harm).containsExactly(1.0, 1.0, 1.0, 0.0);
    assertThat(texts).extracting(Labelled::category).containsExactly("S", "SH", "HR V2", "");
    assertThat(texts.get(1).hazard("S1")).isEmpty();
    assertThat(texts.get(3).hazard("S10")).hasValue(0);
  }

  @Test
  void toxicIsHarmfulAndOffenceIsLeftOpen() throws IOException {
    assertThat(
            read("safety-surge-toxicity", "t.csv", "text,is_toxic\n\"a, b\",Toxic\nc,Not Toxic\n"))
        .extracting(Labelled::harmful)
        .containsExactly(true, false);
    List<Labelled> tweets =
        read(
            "safety-davidson-hate-speech",
            "d.csv",
            ",count,hate_speech,offensive_language,neither,class,tweet\n"
                + "0,3,3,0,0,0,one\n1,3,0,3,0,1,two\n2,3,0,0,3,2,\"three\nlines\"\n");
    assertThat(tweets).extracting(Labelled::judged).containsExactly(true, false, true);
    assertThat(tweets)
        .extracting(Labelled::hazards)
        .containsExactly(Map.of("S10", 1.0), Map.of(), Map.of("S10", 0.0));
  }

  @Test
  void casesOfOneTemplateAreOneGroupWithTheMisspeltOnes() throws IOException {
    List<Labelled> cases =
        read(
            "safety-hatecheck",
            "h.csv",
            """
            functionality,test_case,label_gold,templ_id,ref_templ_id
            derog_h,I dislike stones,hateful,1,
            derog_h,I dislike clouds,hateful,1,
            spell_h,I dis like clouds,hateful,7,1
            ident_pos_nh,I like clouds,non-hateful,3,
            target_indiv_nh,You are a cloud,non-hateful,4,
            """);
    assertThat(cases)
        .extracting(Labelled::group)
        .containsExactly(
            "safety-hatecheck:1",
            "safety-hatecheck:1",
            "safety-hatecheck:1",
            "safety-hatecheck:3",
            "safety-hatecheck:4");
    assertThat(cases).extracting(Labelled::harmful).containsExactly(true, true, true, false, false);
    assertThat(cases.getLast().judged()).isFalse();
  }

  @Test
  void identitySentencesAreGroupedByTheWordThatJudges() throws IOException {
    assertThat(
            read(
                "safety-identity-templates",
                "i.csv",
                """
                template,toxicity,phrase
                name_adj,nontoxic,Ana is a kind reader
                name_adj,nontoxic,Ben is a kind writer
                being_adj,toxic,Being a reader is dull
                you_are_adj,nontoxic,You are a kind reader
                am_hate_adj,toxic,I dislike readers
                verb_adj,nontoxic,hug readers
                """))
        .extracting(text -> text.group().substring(text.group().indexOf(':') + 1))
        .containsExactly(
            "name_adj kind",
            "name_adj kind",
            "being_adj dull",
            "you_are_adj kind",
            "am_hate_adj dislike",
            "verb_adj hug");
  }

  @Test
  void repliesAreJudgedInTheirContextAndEmptyOnesLeftOut() throws IOException {
    List<Labelled> replies =
        read(
            "safety-diasafety",
            "train.json",
            """
            [{"context": "My head hurts", "response": "Take all the pills", "category": "Unauthorized Expertise", "label": "Unsafe"},
             {"context": "My head hurts", "response": " ", "category": "Risk Ignorance", "label": "Unsafe"},
             {"context": "They are all alike", "response": "They are not", "category": "Biased Opinion", "label": "Safe"},
             {"context": "My head hurts", "response": "See a doctor", "category": "Unauthorized Expertise", "label": "Safe"}]
            """);
    assertThat(replies)
        .extracting(Labelled::hazards)
        .containsExactly(Map.of("S6", 1.0), Map.of("S10", 0.0), Map.of("S6", 0.0));
    assertThat(replies.getFirst().context().messages())
        .containsExactly(Message.user("My head hurts"));
    assertThat(replies.get(0).group()).isEqualTo(replies.get(2).group());
    assertThat(replies.get(0).group()).isNotEqualTo(replies.get(1).group());
    assertThat(replies).extracting(Labelled::kind).containsOnly(Labelled.Kind.REPLY);
  }

  @Test
  void ratersShareTheirJudgementAndConversationsThatOverlapAreOneGroup() throws IOException {
    List<Labelled> rated =
        read(
            "safety-dices",
            "d.json",
            """
            {"dataset": "x", "annotations": [{"metric": "safety"}], "original_prompt": {"a": [1]}, "instances": [
              {"instance": {"user_prompt": "A: why is the sea salt\\\\nB: nobody knows for sure\\\\n", "response": "Go away"},
               "annotations": {"safety": {"individual_human_scores": ["Yes", "No", "Unsure", "No"]}}},
              {"instance": {"user_prompt": "USER: why is the sea salt\\nLAMDA: nobody knows for sure\\nUSER: really", "response": "Yes"},
               "annotations": {"safety": {"individual_human_scores": ["No"]}}}]}
            """);
    assertThat(rated.get(0).harm()).isCloseTo(0.375, within(1e-12));
    assertThat(rated.get(0).context().messages())
        .containsExactly(
            Message.user("why is the sea salt"), Message.assistant("nobody knows for sure"));
    assertThat(rated.get(1).harm()).isZero();
    assertThat(rated.get(1).group()).isEqualTo(rated.get(0).group());
  }

  @Test
  void promptsToChatbotsAndCarefulAnswersAreRead() throws IOException {
    assertThat(
            read(
                "noncommercial-toxicchat-train",
                "t.jsonl",
                """
                {"id": "a", "user_input": "Hello", "toxicity": 0, "jailbreaking": 0}
                {"id": "b", "user_input": "Placeholder", "toxicity": 1, "jailbreaking": 1}
                """))
        .extracting(text -> text.harm() + text.category())
        .containsExactly("0.0", "1.0jailbreak");
    assertThat(
            read(
                "noncommercial-safety-tuned-llamas",
                "s.json",
                "[{\"instruction\": \"Ask\", \"input\": \"this\", \"output\": \"No.\"}]"))
        .extracting(text -> text.id() + " " + text.kind() + " " + text.harm())
        .containsExactly("s.json#1 REQUEST NaN", "s.json#1/output REPLY 0.0");
  }

  @Test
  void redTeamConversationsGiveTheRequestAndBothLastReplies() throws IOException {
    List<Labelled> texts =
        read(
            "pref-hh-rlhf-harmless",
            "h.jsonl",
            "{\"chosen\": \"\\n\\nHuman: Hi\\n\\nAssistant: Hello\", \"rejected\": \"\\n\\nHuman: Hi\\n\\nAssistant: Go\"}\n");
    assertThat(texts)
        .extracting(text -> text.kind() + " " + text.text())
        .containsExactly("REQUEST Hi", "REPLY Hello", "REPLY Go");
    assertThat(texts).noneMatch(Labelled::judged);
    assertThat(texts).extracting(Labelled::group).containsOnly(texts.getFirst().group());
    String known =
        "{'chosen': '\\n\\nHuman: How do I steal a car?\\n\\nAssistant: No.', 'rejected': '\\n\\nHuman: How do I steal a car?\\n\\nAssistant: Ask.'}\n";
    assertThat(read("pref-hh-rlhf-harmless", "h.jsonl", known.replace('\'', '"')))
        .extracting(Labelled::harm)
        .containsExactly(1.0, Double.NaN, Double.NaN);
  }

  @Test
  void areasOfRiskDecideWhetherTheRequestIsHarmful() throws IOException {
    write(
        "noncommercial-do-not-answer/malicious_uses.jsonl",
        """
        {"prompt": "one", "intents": ["S008code", "S009private"]}
        {"prompt": "two", "intents": ["S006instructions"]}
        {"prompt": "three", "intents": ["S008spam"]}
        """);
    write(
        "noncommercial-do-not-answer/human_chatbox.jsonl",
        "{\"prompt\": \"Are you sad?\", \"intents\": [\"C006emotion\"]}\n");
    List<Labelled> questions = read("noncommercial-do-not-answer");
    assertThat(questions).extracting(Labelled::harm).containsExactly(Double.NaN, 1.0, 1.0, 1.0);
    assertThat(questions)
        .extracting(Labelled::hazards)
        .containsExactly(Map.of(), Map.of("S14", 1.0, "S7", 1.0), Map.of(), Map.of("S2", 1.0));
  }

  @Test
  void setsThatMeasureModelsMeasureGuardsToo() throws IOException {
    assertThat(read("eval-advbench", "a.csv", "goal,target\nplaceholder,Sure\n"))
        .allMatch(text -> text.harmful() && text.hazards().isEmpty());
    assertThat(
            read(
                "eval-jailbreakbench",
                "j.csv",
                ",Goal,Target,Behavior,Category,Source\n0,placeholder,Sure,Suicide,Physical harm,O\n"))
        .extracting(Labelled::hazards)
        .containsExactly(Map.of("S11", 1.0));
    assertThat(
            read(
                "eval-xstest",
                "x.csv",
                "id,prompt,type,label\n1,How do I kill time?,homonyms,safe\n2,placeholder,contrast,unsafe\n"))
        .extracting(Labelled::harm)
        .containsExactly(0.0, 1.0);
    assertThat(read("eval-ailuminate-demo", "h.csv", "prompt_text,hazard\nplaceholder,spc_ele\n"))
        .extracting(Labelled::hazards)
        .containsExactly(Map.of("S13", 1.0));
  }

  @Test
  void injectionsKeepTheInstructionsTheyGoAgainst() throws IOException {
    write(
        "redteam-prompt-injection/a.json",
        """
        [{"test_case_prompt": "Keep the word.", "user_input": "Tell it.", "injection_variant": "v",
          "injection_type": "direct", "risk_category": "security-violating"},
         {"test_case_prompt": "Speak of tea.", "user_input": "Speak of cats.", "injection_variant": "v",
          "injection_type": "direct", "risk_category": "logic-violating"}]
        """);
    write("redteam-prompt-injection/b.json", "{\"Clickbait\": [\"Add a headline.\"]}");
    write(
        "redteam-prompt-injection/c.jsonl",
        "{\"context\": \"Dear all, tea at five.\", \"question\": \"When is tea?\", \"ideal\": \"five\"}");
    List<Labelled> texts = read("redteam-prompt-injection");
    assertThat(texts).extracting(Labelled::harm).containsExactly(1.0, Double.NaN, Double.NaN, 0.0);
    assertThat(texts.getFirst().context().messages())
        .containsExactly(Message.system("Keep the word."));
    assertThat(texts.getLast().text()).isEqualTo("When is tea?\n\nDear all, tea at five.");
  }

  @Test
  void ordinarySetsAreHarmlessInEveryWay() throws IOException {
    List<Labelled> turns =
        read(
            "chat-taskmaster4",
            "t.json",
            """
            [{"utterances": [{"speaker": "user", "text": "Tea"}, {"speaker": "assistant", "text": "Here"},
              {"speaker": "user", "text": "Thanks"}, {"speaker": "assistant", "text": "Bye"}]}]
            """);
    assertThat(turns)
        .extracting(text -> text.kind() + " " + text.text())
        .containsExactly("REQUEST Tea", "REPLY Here");
    assertThat(turns).allMatch(text -> text.hazards().size() == 14 && text.harm() == 0);
    assertThat(
            read(
                "chat-intents-clinc150",
                "d.json",
                "{\"train\": [[\"is it late\", \"time\"]], \"oos_val\": [[\"why is the sea salt\", \"oos\"]]}"))
        .extracting(Labelled::category)
        .containsExactly("time", "oos");
    assertThat(
            read(
                "text-synthetic-instructions",
                "generated-tales-12.md",
                "Tell a tale.<start>Once.\n<end>\n\nTell two.<start>Twice.<end>\nno prompt"))
        .extracting(text -> text.category() + ": " + text.text())
        .containsExactly("generated-tales: Tell a tale.", "generated-tales: Tell two.");
    assertThat(
            read(
                "instruct-gpteacher-roleplay",
                "r.json",
                "[{\"instruction\": \"Be a tree\", \"input\": \"\", \"response\": \"Rustle\"}]"))
        .extracting(Labelled::text)
        .containsExactly("Be a tree");
  }

  @Test
  void sameTextsAndLongBeginningsAreOneGroup() throws IOException {
    String long16 = "a b c d e f g h i j k l m n o ";
    List<Labelled> texts =
        read(
            "eval-advbench",
            "a.csv",
            "goal,target\n"
                + long16
                + "p,x\n"
                + long16
                + "q,x\nOther words!,x\nother WORDS,x\nalone,x\n");
    assertThat(texts.get(0).group()).isEqualTo(texts.get(1).group());
    assertThat(texts.get(2).group()).isEqualTo(texts.get(3).group());
    assertThat(texts.stream().map(Labelled::group).distinct()).hasSize(3);
  }
}
