package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.Sensitive;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each decoder takes off, and what none of them touches. */
class DecoderTest {

  private static List<Decoded> decoded(String passage) {
    List<Decoded> found = new ArrayList<>();
    for (List<Decoder> some : List.of(Decoder.OF_RUNS, Decoder.OF_CODES, Decoder.OF_WORDS)) {
      some.forEach(decoder -> decoder.decode(passage, found::add));
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hex|so 6869206d79206c6f7665 it is|so  hi my love  it is",
        "base32|so NBUSA3LZEBWG65TF it is|so  hi my love  it is",
        "base64|so aGkgbXkgbG92ZQ== it is|so  hi my love  it is",
        "base64|so decodeaGkgbXkgbG92ZSBhbmQgYnll it is|hi my love and bye",
        "base64|a word: bG92ZXI= here|a word:  lover  here",
        "ascii85|so <~BPAT+Gp$pAG%C~> it is|so hi my love",
        "url|a%20%6Cove+for it|a love for it",
        "html|a &#108;o&#x76;e &amp; it|a love & it",
        "quoted-printable|=6C=6F=76=65 it|love it",
        "encoded-word|=?utf-8?Q?my_l=6Fve?= it|my love it",
        "escape|a \\x6c\\u006f\\166\\u{65} it|a love it",
        "escape|a love\\nhouse\\tgarden|a love house garden",
        "hex|the 6c 6f 76 65 72 it|lover",
        "hex|the 0x6c 0x6f 0x76 0x65 it|love",
        "hex|the U+006C U+006F U+0076 U+0065 it|love",
        "binary|the 1101100 1101111 1110110 1100101 it|love",
        "decimal|the 108,111,118,101 it|love",
        "octal|the 154 157 166 145 it|love",
        "a1z26|12-15-22-5-18 8-15-21-19-5 7-1-18-4-5-14|lover house garden",
        "morse|the .-.. --- ...- . it|love",
        "nato|the lima oscar victor echo it|love",
        "pig-latin|iway ovelay ouyay|i love you",
        "leetspeak|1 l0v3 y0u 50 much|i love you so much",
        "spaced|the l o v e it|love",
        "spaced|the l.o.v.e it|love",
        "split|my lo-ver is he re|my lover is here",
        "split|my gar den|my garden",
        "spliced|a='lo'; b='ver'; a+b|lover",
        "rot13|ybir zl tneqra|love my garden",
        "rot13|Ybir gur tneqra gung lbh jngre|Love the garden that you water",
        "caesar|oryh pb jdughq|love my garden",
        "atbash|olev nb tziwvm|love my garden",
        "reversed|nedrag ym evol|love my garden",
        "reversed-words|evol ym nedrag|love my garden",
        "reversed-words|yeht evil htiw ruoy star ni eht nedrag|they live with your rats in the garden",
        "reversed|nedrag eht ni star ruoy htiw evil yeht|they live with your rats in the garden",
        "rot47|=@G6 >J 82C56?|love my garden",
      })
  void takesOneLayerOff(String layer, String passage, String text) {
    assertThat(decoded(passage))
        .anySatisfy(
            found -> {
              assertThat(found.layer()).isEqualTo(layer);
              assertThat(found.text()).contains(text.strip());
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The weather is fine today, and so are we.",
        "See https://example.org/docs/reference/guard.html?page=2 and write to us.",
        "Commit 9f8c2e7b1d3a4c5e6f708192a3b4c5d6e7f80912 fixed it.",
        "Wilhelmina and Bartholomew visited Schleswig-Holstein in 1914, 1918, 1923 and 1945.",
        "Die Katze liegt auf dem Sofa und schnurrt, weil es regnet.",
        "for (int i = 0; i < 10; i++) { sum += values[i] * 2; }",
        "The numbers are 12, 15, 22 and 5; add them up: 12 + 15 = 27.",
        "She said - well... -- nothing.",
        "I paid 40% more & got \"nothing\" = zero.",
        "internationalization/localization-considerations_of_everything",
      })
  void leavesOrdinaryTextAlone(String passage) {
    assertThat(decoded(passage)).isEmpty();
  }

  @Test
  void readsATypedApostropheLikeAnyOther() {
    List<Decoding> found = new ArrayList<>();
    Scanner scanner = new Scanner(word -> {}, found::add);
    scanner.read("Nobody is sure that the person isn\u2019t there, and that they aren\u02bct.");
    scanner.finish();
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "my gard3n is he re|my gard3n is here",
        "my gar7den is he re|my garden is here",
        "my gar77den is he re|my garden is here",
      })
  void joinsOverAFigureWhatIsAWordThen(String passage, String text) {
    assertThat(decoded(passage)).contains(new Decoded("split", text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "howtobuildahouse|how to build a house",
        "howcaniuseahouse|how can i use a house",
        "qzqzhousexxkk|qzqz house xxkk",
        "therapist|therapist",
        "Garden|Garden",
        "''|''",
      })
  void splitsLettersIntoFewWords(String letters, String words) {
    assertThat(Lexicon.split(letters)).isEqualTo(words);
  }

  @Test
  void knowsWordsInEitherCase() {
    assertThat(Lexicon.knows("house")).isTrue();
    assertThat(Lexicon.knows("House")).isTrue();
    assertThat(Lexicon.knows("hzuse")).isFalse();
    assertThat(Lexicon.knows("")).isFalse();
  }

  @Test
  void weighsEvidence() {
    assertThat(Evidence.of("love my garden, don't")).isEqualTo(new Evidence(28, 16, 16));
    assertThat(Evidence.of("qzx house").convinces()).isTrue();
    assertThat(Evidence.of("qzxqzx house").convinces()).isFalse();
    assertThat(Evidence.of("the cat").convinces()).isFalse();
    assertThat(Evidence.of("").letters()).isZero();
  }

  @Test
  void takesBytesForTextOnlyWhereTheyReadLikeIt() {
    assertThat(Printable.text("schön".getBytes(StandardCharsets.UTF_8))).isEqualTo("schön");
    assertThat(Printable.text(new byte[] {'h', 'i'})).isEmpty();
    assertThat(Printable.text(new byte[] {'a', 0, 'b', 'c'})).isEmpty();
    assertThat(Printable.text(new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', (byte) 0xC0})).isEmpty();
    assertThat(Printable.text("a\tb\r\nc".getBytes(StandardCharsets.UTF_8))).isEqualTo("a\tb\r\nc");
    byte[] cut = "twenty characters and more é".getBytes(StandardCharsets.UTF_8);
    assertThat(Printable.text(java.util.Arrays.copyOf(cut, cut.length - 1))).startsWith("twenty");
  }

  @Test
  void tellsOrdinaryChunks() {
    assertThat(odd("house")).isZero();
    assertThat(odd("(house),")).isZero();
    assertThat(odd("don't")).isZero();
    assertThat(odd("hzuse")).isEqualTo(5);
    assertThat(odd("h0use")).isPositive();
    assertThat(odd("1234")).isEqualTo(Chunks.CODE);
    assertThat(odd("12345")).isEqualTo(5);
    assertThat(odd("-...")).isEqualTo(Chunks.CODE);
    assertThat(odd("Bravo")).isEqualTo(Chunks.CODE);
    assertThat(odd("%41")).isEqualTo(3);
    assertThat(odd("100%")).isEqualTo(Chunks.CODE);
    assertThat(odd("&#41;")).isEqualTo(3);
  }

  private static int odd(String chunk) {
    return Chunks.odd(chunk, 0, chunk.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GB82 WEST 1234 5698 7654 33",
        "4111 1111 1111 1112",
        "9111 1111 1111 1115",
        "12345678A",
        "RSSMRA85T10A562T",
        "the key is to keep it simple",
        "token: abcdefghijk",
        "AKIA is no key",
      })
  void findsNothingWhereTheCheckIsWrong(String text) {
    assertThat(Sensitive.find(text)).isEmpty();
  }

  @Test
  void findsSensitiveTextInItsPlaceAndWithoutOverlap() {
    String text = "a@b.example, 4111 1111 1111 1111 and 10.0.0.1";
    assertThat(Sensitive.find(text))
        .extracting(found -> text.substring(found.from(), found.to()))
        .containsExactly("a@b.example", "4111 1111 1111 1111", "10.0.0.1");
  }
}
