package dev.forefront.guard;

import java.util.List;
import java.util.function.Consumer;

/**
 * Takes one kind of encoding off a passage, in time linear in its length. Says nothing where there
 * is nothing to take off, and seldom says something of ordinary text.
 */
@FunctionalInterface
interface Decoder {

  /** Look at long chunks that are no words. */
  List<Decoder> OF_RUNS =
      List.of(
          Bases::hexadecimal,
          Bases::base32,
          Bases::base64,
          Bases85::ascii85,
          Bases85::base85,
          Bases85::uuencode);

  /** Look for numbers and spelled letters that follow one another. */
  List<Decoder> OF_CODES =
      List.of(
          Codes::hexadecimal,
          Codes::binary,
          Codes::decimal,
          Codes::octal,
          Codes::alphabet,
          Alphabets::morse,
          Alphabets::nato,
          Spelling::figures);

  /** Look for single signs, and at words. */
  List<Decoder> OF_WORDS =
      List.of(
          Escapes::url,
          Escapes::html,
          Escapes::quotedPrintable,
          Escapes::encodedWords,
          Escapes::backslash,
          Alphabets::pigLatin,
          Splits::spaced,
          Splits::parts,
          Splits::quoted,
          Ciphers::letters);

  void decode(String passage, Consumer<Decoded> to);
}
