package dev.forefront.data.sets;

import dev.forefront.data.Document;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Books: Project Gutenberg's plain texts, cut where the printer left three lines empty, and XHTML
 * chapters.
 */
final class Books implements SetReader {
  private static final Pattern START =
      Pattern.compile(
          "(?m)^\\*\\*\\* ?START OF (?:THIS|THE) PROJECT GUTENBERG.*$|^.*END.THE SMALL PRINT.*$");
  private static final Pattern END =
      Pattern.compile(
          "(?mi)^\\*\\*\\* ?END OF (?:THIS|THE) PROJECT GUTENBERG.*$|^ *end of (?:the |this )?project gutenberg.*$"
              + "|^\\*\\*\\* START: FULL LICENSE.*$");
  private static final Pattern CHAPTER_BREAK = Pattern.compile("\n{4,}");
  private static final Pattern CREDIT =
      Pattern.compile(
          "(?i)^(?:produced by|this etext was|e-?text prepared|html version by|transcribed).*");
  private static final Pattern SENTENCE_END = Pattern.compile("[.!?][\"”’')]*(?:\\s|$)");

  /** Sentences below which a piece is a title, a list or a credit. */
  private static final int FEW_SENTENCES = 4;

  private static final Set<String> BLOCKS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "td", "br", "span");

  @Override
  public List<Document> read(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    if (file.name().endsWith(".xhtml")) {
      documents.prose(chapter(file));
    } else {
      for (String piece : CHAPTER_BREAK.split(body(file.text()))) {
        String text = Paragraphs.unwrap(piece);
        if (!CREDIT.matcher(text).matches()
            && SENTENCE_END.matcher(text).results().limit(FEW_SENTENCES).count() == FEW_SENTENCES) {
          documents.prose(text);
        }
      }
    }
    return documents.list();
  }

  /** What stands between Project Gutenberg's own words. */
  static String body(String text) {
    int begin = 0;
    Matcher start = START.matcher(text);
    while (start.find() && start.start() < text.length() / 4) {
      begin = start.end();
    }
    Matcher end = END.matcher(text);
    int stop = text.length();
    while (end.find() && stop == text.length()) {
      stop = end.start() > text.length() / 2 ? end.start() : stop;
    }
    return text.substring(begin, stop).replaceAll("\\[Illustration[^\\]]*\\]", "").replace("_", "");
  }

  private static String chapter(SetFile file) {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    List<String> paragraphs = new ArrayList<>();
    try {
      XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(file.text()));
      StringBuilder paragraph = new StringBuilder();
      int silent = 0;
      while (xml.hasNext()) {
        switch (xml.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            silent += silent > 0 || isSilent(xml) ? 1 : 0;
            if (xml.getLocalName().equals("br")) {
              paragraph.append('\n');
            }
          }
          case XMLStreamConstants.END_ELEMENT -> {
            silent -= silent > 0 ? 1 : 0;
            if (BLOCKS.contains(xml.getLocalName()) && !isInline(xml.getLocalName())) {
              finish(paragraph, paragraphs);
            }
          }
          case XMLStreamConstants.CHARACTERS -> {
            if (silent == 0) {
              paragraph.append(xml.getText().replaceAll("\\s+", " "));
            }
          }
          default -> {}
        }
      }
      xml.close();
    } catch (XMLStreamException e) {
      // The catalogue's files are well-formed; another edition's may not be. It gives no text.
      return "";
    }
    return String.join("\n\n", paragraphs);
  }

  private static boolean isInline(String element) {
    return element.equals("br") || element.equals("span");
  }

  /** The head, and marks that point to a note. */
  private static boolean isSilent(XMLStreamReader xml) {
    String type = xml.getAttributeValue("http://www.idpf.org/2007/ops", "type");
    return xml.getLocalName().equals("head") || type != null && type.contains("noteref");
  }

  private static void finish(StringBuilder paragraph, List<String> paragraphs) {
    String text =
        paragraph
            .toString()
            .replaceAll("[\u2060\uFEFF\u00AD]", "")
            .replaceAll("[\u00A0\u200A\u2009\u202F]", " ")
            .replaceAll(" *\n *", "\n")
            .replaceAll(" +", " ")
            .strip();
    if (!text.isEmpty()) {
      paragraphs.add(text);
    }
    paragraph.setLength(0);
  }
}
