package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Rendered;
import dev.forefront.token.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Fills rows of one length with documents. Each document keeps its own positions and number, so
 * that none can see another.
 *
 * <p>Plain text stands between two {@code <|endoftext|>} and runs on into the next row where a row
 * ends; conversations stay whole, and of those that are longer than a row the last turns are cut.
 */
public final class Packer {
  /** Begins and ends every plain document, and fills empty places. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  /** Rows that wait for a conversation that fits; more waste less room and more memory. */
  private static final int OPEN_ROWS = 64;

  private final Tokenizer tokenizer;
  private final int length;
  private final int endOfText;
  private final Consumer<Row> sink;
  private final List<RowBuilder> open = new ArrayList<>();
  private long documents;
  private long tokens;
  private long targets;
  private long rows;
  private long truncated;
  private long dropped;

  /**
   * @param length tokens of a row, at least 2
   * @param sink takes the finished rows
   */
  Packer(Tokenizer tokenizer, int length, Consumer<Row> sink) {
    if (length < 2) {
      throw new IllegalArgumentException("a row has at least two tokens, not " + length);
    }
    this.tokenizer = tokenizer;
    this.length = length;
    this.sink = sink;
    endOfText = tokenizer.requireSpecialId(END_OF_TEXT);
  }

  /** Packs texts into memory. */
  public static PackedRows texts(Iterable<String> texts, Tokenizer tokenizer, int length) {
    List<Row> rows = new ArrayList<>();
    Packer packer = new Packer(tokenizer, length, rows::add);
    texts.forEach(text -> packer.addText("", text));
    return PackedRows.ofMemory(rows, length, packer.finish());
  }

  /** Packs conversations into memory; the assistant's words alone are learnt. */
  public static PackedRows conversations(
      Iterable<Conversation> conversations,
      Tokenizer tokenizer,
      ChatTemplate template,
      int length) {
    List<Row> rows = new ArrayList<>();
    Packer packer = new Packer(tokenizer, length, rows::add);
    conversations.forEach(
        conversation -> packer.addConversation("", conversation, template, Lesson.ASSISTANT));
    return PackedRows.ofMemory(rows, length, packer.finish());
  }

  /**
   * Packs a corpus file into shards on disk and maps them; memory holds one shard at a time.
   *
   * @param corpus JSON lines as {@link Corpus} has them
   * @param mixture how often each source is seen
   * @param template for conversations
   * @param lesson what conversations teach
   * @param folder gets the shards and {@code packed.json}
   * @param progress hears the number of documents packed so far
   */
  public static PackedRows corpus(
      Path corpus,
      Mixture mixture,
      Tokenizer tokenizer,
      ChatTemplate template,
      int length,
      Lesson lesson,
      Path folder,
      LongConsumer progress) {
    RowFiles.Writer writer = new RowFiles.Writer(folder, length);
    Packer packer = new Packer(tokenizer, length, writer);
    boolean more = true;
    for (int copy = 0; more; copy++) {
      more = packer.addCopy(corpus, mixture, copy, template, lesson, progress);
    }
    writer.finish(packer.finish());
    return RowFiles.open(folder);
  }

  /**
   * Maps what {@link #corpus} wrote.
   *
   * @throws BadInputException where the folder holds no rows, or changed ones
   */
  public static PackedRows open(Path folder) {
    return RowFiles.open(folder);
  }

  /** What a conversation teaches. */
  public enum Lesson {
    /** Every token counts: the model learns to write both sides. For pretraining. */
    EVERYTHING,
    /** The assistant's words and the end of its turns. */
    ASSISTANT
  }

  /** One pass over the corpus; returns whether some document is to be seen once more. */
  private boolean addCopy(
      Path corpus,
      Mixture mixture,
      int copy,
      ChatTemplate template,
      Lesson lesson,
      LongConsumer progress) {
    boolean more = false;
    try (Stream<Document> stream = Corpus.open(corpus)) {
      for (Document document : (Iterable<Document>) stream::iterator) {
        int copies = mixture.copies(document);
        more |= copies > copy + 1;
        if (copies > copy) {
          add(document, template, lesson);
          progress.accept(documents);
        }
      }
    }
    return more;
  }

  private void add(Document document, ChatTemplate template, Lesson lesson) {
    String name = document.source() + "/" + document.id();
    switch (document) {
      case Document.Prose prose -> addText(name, prose.text());
      case Document.Dialogue dialogue ->
          addConversation(name, dialogue.conversation(), template, lesson);
    }
  }

  void addText(String name, String text) {
    int[] words = tokenizer.encode(text);
    if (words.length == 0) {
      dropped++;
      return;
    }
    int[] ids = new int[words.length + 2];
    ids[0] = endOfText;
    System.arraycopy(words, 0, ids, 1, words.length);
    ids[ids.length - 1] = endOfText;
    boolean[] counted = new boolean[ids.length];
    Arrays.fill(counted, true);
    documents++;
    for (int begin = 0; ids.length - begin >= 2; ) {
      RowBuilder row = current();
      int end = Math.min(ids.length, begin + row.room());
      place(row, name, ids, counted, begin, end);
      begin = end;
    }
  }

  void addConversation(
      String name, Conversation conversation, ChatTemplate template, Lesson lesson) {
    Conversation kept = conversation;
    Rendered rendered = template.render(kept, AddGenerationPrompt.NO);
    while (rendered.length() > length) {
      kept = withReplies(kept, repliesWithin(rendered.assistantMask(), length));
      if (kept.messages().isEmpty()) {
        dropped++;
        return;
      }
      rendered = template.render(kept, AddGenerationPrompt.NO);
    }
    if (!learnable(rendered)) {
      dropped++;
      return;
    }
    truncated += kept.equals(conversation) ? 0 : 1;
    documents++;
    place(
        rowFor(rendered.length()),
        name,
        rendered.ids(),
        rendered.assistantMask(),
        0,
        rendered.length());
  }

  /** Hands out the rows that are not full. */
  Packing finish() {
    open.forEach(this::close);
    open.clear();
    return new Packing(documents, tokens, targets, rows * length - tokens, truncated, dropped);
  }

  private static boolean learnable(Rendered rendered) {
    for (int i = 1; i < rendered.length(); i++) {
      if (rendered.assistantMask()[i]) {
        return true;
      }
    }
    return false;
  }

  /** Replies that end before a row does. */
  private static int repliesWithin(boolean[] mask, int length) {
    int within = 0;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] && (i + 1 == mask.length || !mask[i + 1])) {
        within += i < length ? 1 : 0;
      }
    }
    return within;
  }

  /** The beginning that ends with so many replies of the assistant, but never with all of them. */
  private static Conversation withReplies(Conversation conversation, int replies) {
    List<Message> messages = conversation.messages();
    long all = messages.stream().filter(message -> message.role() == Role.ASSISTANT).count();
    int end = 0;
    int seen = 0;
    for (int i = 0; i < messages.size() && seen < Math.min(replies, all - 1); i++) {
      if (messages.get(i).role() == Role.ASSISTANT) {
        seen++;
        end = i + 1;
      }
    }
    return new Conversation(messages.subList(0, end));
  }

  private RowBuilder current() {
    if (open.isEmpty()) {
      open.add(new RowBuilder(length, endOfText));
    }
    return open.getFirst();
  }

  /** The open row with the least room that is enough. */
  private RowBuilder rowFor(int size) {
    RowBuilder best = null;
    for (RowBuilder row : open) {
      if (row.room() >= size && (best == null || row.room() < best.room())) {
        best = row;
      }
    }
    if (best != null) {
      return best;
    }
    if (open.size() == OPEN_ROWS) {
      RowBuilder fullest = open.getFirst();
      for (RowBuilder row : open) {
        fullest = row.room() < fullest.room() ? row : fullest;
      }
      remove(fullest);
      close(fullest);
    }
    RowBuilder fresh = new RowBuilder(length, endOfText);
    open.add(fresh);
    return fresh;
  }

  private void place(
      RowBuilder row, String name, int[] ids, boolean[] counted, int begin, int end) {
    row.add(name, ids, counted, begin, end);
    tokens += end - begin;
    for (int i = begin + 1; i < end; i++) {
      targets += counted[i] ? 1 : 0;
    }
    if (row.room() < 2) { // a lone token has nothing to predict
      remove(row);
      close(row);
    }
  }

  private void remove(RowBuilder row) {
    open.removeIf(one -> one == row);
  }

  private void close(RowBuilder row) {
    if (!row.isEmpty()) {
      rows++;
      sink.accept(row.build());
    }
  }
}
