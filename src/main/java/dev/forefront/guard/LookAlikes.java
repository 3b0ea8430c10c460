package dev.forefront.guard;

/**
 * Letters of other scripts, and letters in disguise, with the Latin letters they look like. Chosen
 * by sight and from the families that Unicode Technical Standard 39 calls confusable; compatibility
 * forms (full width, circled, mathematical) need no entry, since NFKD folds those.
 */
final class LookAlikes {

  // Pairs: what is written, what a reader sees.
  private static final String CYRILLIC =
      "аaвbсcԁdеeҽeгrһhіiїiјjкkлnмmнhоoрpгrѕsтtуyүyхxѵvԝwьbзeИNиuяrэeюoшwщwҁcԛqѡwѳoӏlғfбbђhћh"
          + "ҟkқkңhҥhҭtұyҳxәeӕaөo";
  private static final String GREEK =
      "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXΛAαaβbεeγyηnιiκkνvοoρpτtυuχxωwσoμuζzδdςsθoπnξeϲcϳjϱpϒY";
  private static final String ARMENIAN = "օoսuһhցgոnաwզqգqքpհhյjլlռnՍUՕOՏSԼLՀhՑgՈnԱUե" + "tէtիhժd";
  private static final String CHEROKEE =
      "ᎠDᎡRᎢTᎪAᎫJᎬEᎳWᎷMᎻHᏀGᏃZᏏbᏒRᏔWᏚSᏕSᏙVᏞLᏟCᏢPᏦKᏳGᏴBᎥiᎩyᎾoᏆIᏎ4ᏓLᏇwᏋEᏂhᏐhᎮpᏁnᎤoᏊo";
  private static final String LISU_AND_COPTIC =
      "ꓮAꓐBꓚCꓓDꓰEꓝFꓖGꓧHꓲIꓙJꓗKꓡLꓟMꓠNꓳOꓑPꓣRꓢSꓔTꓴUꓦVꓪWꓫXꓬYꓜZ" + "ⲁaⲃbⲉeⲓiⲕkⲙmⲛnⲟoⲣpⲥcⲧtⲩyⲭxⲱwⲍzⲏh";
  private static final String SMALL_CAPITALS =
      "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpǫqꞯqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzᴈeᴎnᴙrᵻi";
  private static final String UPSIDE_DOWN =
      "ɐaɔcǝeɟfƃgɥhᴉiɾjʞkןlꞁlɯmɹrʇtʌvʍwʎyᵷg∀AƆCƎEℲF⅁GꞀLԀP⊥T∩U⅄YƜM";
  private static final String LATIN =
      "ɑaɡgɩiıiłløođdħhŧtƅbɓbƈcɗdƒfɠgɦhƙkɱmɲnƥpʂsʈtʋvʐzꞵbƽsðdþpßsəeɛeɜeɘeɵoŋnƞnɳnʃsʉuʊuʑzɬlɭlɫlƚlɽr"
          + "ʝjɉjƀbʠqɋqƭtƴyȥzɨiɇeɏyȼcƌdƿpꝁkꝑpꝗqꝟvꞩsɕcɖdʄjʛgʘo";
  private static final String SIGNS = "ℓl℮e⍺a⍳i⍴p⍵w∂d∪u∨v⊂c∈e√v×x¢c£l¥y€e₿b₦n₩w₴sⱤRⱮM";

  private static final String BRAILLE = "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵";
  private static final char BRAILLE_BLANK = 0x2800;
  private static final char BRAILLE_FULL_STOP = 0x2832;

  private static final char[] TABLE = table();

  private LookAlikes() {}

  private static char[] table() {
    char[] table = new char[0x10000];
    String pairs =
        LATIN
            + CYRILLIC
            + GREEK
            + ARMENIAN
            + CHEROKEE
            + LISU_AND_COPTIC
            + SMALL_CAPITALS
            + UPSIDE_DOWN
            + SIGNS;
    for (int at = 0; at < pairs.length(); at += 2) {
      table[pairs.charAt(at)] = pairs.charAt(at + 1);
    }
    for (int at = 0; at < BRAILLE.length(); at++) {
      table[BRAILLE.charAt(at)] = (char) ('a' + at);
    }
    table['\u2019'] = '\'';
    table['\u02bc'] = '\'';
    table[BRAILLE_BLANK] = ' ';
    table[BRAILLE_FULL_STOP] = '.';
    // Cherokee's small letters lie in the order of its capitals.
    for (char small = 0xAB70; small <= 0xABBF; small++) {
      table[small] = (char) Character.toLowerCase((int) table[small - 0xAB70 + 0x13A0]);
    }
    return table;
  }

  /** The letter that the character looks like, in its case, or 0. */
  static char of(int codePoint) {
    if (codePoint > 0xFFFF) {
      return enclosed(codePoint);
    }
    char alike = TABLE[codePoint];
    if (alike != 0) {
      return alike;
    }
    int lower = Character.toLowerCase(codePoint);
    return lower == codePoint || lower > 0xFFFF
        ? 0
        : (char) Character.toUpperCase((int) TABLE[lower]);
  }

  /** Letters in dark circles and squares, regional indicators: NFKD leaves them as they are. */
  private static char enclosed(int part) {
    if (part >= 0x1F150 && part <= 0x1F169) {
      return (char) ('a' + part - 0x1F150);
    }
    if (part >= 0x1F170 && part <= 0x1F189) {
      return (char) ('a' + part - 0x1F170);
    }
    if (part >= 0x1F1E6 && part <= 0x1F1FF) {
      return (char) ('a' + part - 0x1F1E6);
    }
    return 0;
  }
}
