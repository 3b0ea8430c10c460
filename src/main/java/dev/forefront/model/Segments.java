package dev.forefront.model;

import dev.forefront.tensor.Documents;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The documents of packed rows, so that attention works on each alone. Where it cannot be told of
 * them they are laid out anew: documents of about the same length stand in one batch, filled up at
 * their ends. What fills stands behind every token that counts, so that causal order hides it; no
 * mask is needed, and no score between two documents is computed. Everything outside attention
 * stays packed.
 */
final class Segments {
  /** Shorter ones stand together. */
  private static final int SHORT = 16;

  /**
   * Documents in one batch.
   *
   * @param tokens {@code [documents * length, width]}
   */
  record Part(int documents, int length, Tensor tokens) {}

  /** Consecutive tokens of one document: places {@code from} to {@code from + length - 1}. */
  private record Document(int from, int length) {}

  private record Group(List<Document> documents, int length) {
    int places() {
      return documents.size() * length;
    }
  }

  private final Documents documents;
  private final @Nullable Layout layout;

  /** How documents stand in batches, and tokens in them. */
  private record Layout(List<Group> groups, Tensor packed, Tensor unpacked) {}

  /**
   * @param areTold whether attention is told of the documents where they stand, so that nothing has
   *     to be laid out
   */
  Segments(TokenInput input, boolean areTold) {
    List<Document> found = documents(input);
    documents =
        new Documents(
            found.stream().mapToInt(Document::from).toArray(),
            found.stream().mapToInt(Document::length).toArray());
    layout = areTold ? null : layout(found, input.rows() * input.length());
  }

  boolean areTold() {
    return layout == null;
  }

  /** As they stand in the rows. */
  Documents documents() {
    return documents;
  }

  private Layout layout() {
    return Objects.requireNonNull(layout);
  }

  private static Layout layout(List<Document> documents, int tokens) {
    List<Group> groups = groups(documents);
    int places = groups.stream().mapToInt(Group::places).sum();
    long[] packed = new long[places];
    long[] unpacked = new long[tokens];
    int at = 0;
    for (Group group : groups) {
      for (Document document : group.documents()) {
        for (int i = 0; i < group.length(); i++, at++) {
          int place = document.from() + Math.min(i, document.length() - 1);
          packed[at] = place;
          if (i < document.length()) {
            unpacked[place] = at;
          }
        }
      }
    }
    return new Layout(groups, Tensor.of(packed, places), Tensor.of(unpacked, unpacked.length));
  }

  /** Rows' tokens {@code [rows * length, width]} to documents' tokens; padding is left out. */
  Tensor pack(Tensor tokens) {
    return tokens.embedding(layout().packed());
  }

  /** What {@link #pack} gave, batch by batch. */
  List<Part> parts(Tensor tokens) {
    List<Group> groups = layout().groups();
    List<Tensor> split = tokens.split(0, groups.stream().mapToLong(Group::places).toArray());
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      parts.add(new Part(group.documents().size(), group.length(), split.get(i)));
    }
    return parts;
  }

  /**
   * The batches' tokens {@code [documents * length, width]} back to {@code [rows * length, width]}.
   * At padding stands some token's, which nobody reads.
   */
  Tensor unpack(List<Tensor> parts) {
    return Tensor.cat(parts, 0).embedding(layout().unpacked());
  }

  private static List<Document> documents(TokenInput input) {
    List<Document> documents = new ArrayList<>();
    int length = input.length();
    for (int row = 0; row < input.rows(); row++) {
      int[] owners = input.documents()[row];
      int from = 0;
      for (int i = 1; i <= length; i++) {
        if (i == length || owners[i] != owners[from]) {
          if (owners[from] >= 0) {
            documents.add(new Document(row * length + from, i - from));
          }
          from = i;
        }
      }
    }
    return documents.isEmpty() ? List.of(new Document(0, 1)) : documents;
  }

  /** Longest first; a group's shortest fills at least four fifths of its length. */
  private static List<Group> groups(List<Document> documents) {
    List<Group> groups = new ArrayList<>();
    for (Document document :
        documents.stream()
            .sorted(
                Comparator.comparingInt((Document one) -> -one.length())
                    .thenComparingInt(Document::from))
            .toList()) {
      Group last = groups.isEmpty() ? null : groups.getLast();
      if (last == null || last.length() > SHORT && document.length() * 5 < last.length() * 4) {
        last = new Group(new ArrayList<>(), document.length());
        groups.add(last);
      }
      last.documents().add(document);
    }
    return groups;
  }
}
