package dev.forefront.guard;

import java.util.List;
import java.util.function.Consumer;

/**
 * Takes one kind of encoding off a passage, in time linear in its length. Says nothing where there
 * is nothing to take off, and seldom says something of ordinary text.
 */
@FunctionalInterface
interface Decoder {

  /** All of them. Each looks at the passage as it stands; layers below are found by reading on. */
  List<Decoder> ALL =
      List.of(
          Bases::hexadecimal,
          Bases::base32,
          Bases::base64,
          Bases85::ascii85,
          Bases85::base85,
          Bases85::uuencode,
          Escapes::url,
          Escapes::html,
          Escapes::quotedPrintable,
          Escapes::encodedWords,
          Escapes::backslash,
          Codes::hexadecimal,
          Codes::binary,
          Codes::decimal,
          Codes::octal,
          Codes::alphabet,
          Alphabets::morse,
          Alphabets::nato,
          Alphabets::pigLatin,
          Splits::spaced,
          Splits::parts,
          Splits::quoted,
          Ciphers::letters);

  void decode(String passage, Consumer<Decoded> to);
}
