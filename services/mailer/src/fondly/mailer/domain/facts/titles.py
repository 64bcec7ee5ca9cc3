"""Product titles: what is left of a catalogue name when specifications and seller's claims are gone."""

import re
from functools import lru_cache

from fondly.mailer.domain.facts.seller_claims import unshouted, without_claims, without_contacts
from fondly.mailer.domain.language.naming import names_a_thing
from fondly.mailer.domain.text import clean, cut, has_words, word_set

TITLE_CHARS = 60
MIN_TITLE_CHARS = 8
"""A shorter start, or a single word such as a brand, is seldom a title yet."""
MIN_WORDS = 2
EARLY_CHARS = 24
"""Words before a bracket of up to this length, such as a brand and a size, are seldom a title yet."""
DESCRIPTION_CHARS = 96
READ_CHARS = 400
"""What stands further back in a name is never shown."""
CACHED_NAMES = 8_192

_WIDE_SIGNS = str.maketrans("，；：！？（）｜／", ",;:!?()|/", "®™©℗•★✓✔")  # noqa: RUF001 - signs of the catalogue
_QUOTES = re.compile(r'["“”„«»]')
_INCHES = re.compile(r"(?<=\d)\s?(?:[\"”“]|'')")
_EDITION = re.compile(r"\s*[(\[{【|]")
_DIVIDERS = frozenset(":-\u2013\u2014")
_EMPTY_BRACKETS = re.compile(r"[(\[{【][\s,;:|/&+.–—-]*[)\]}】]")  # noqa: RUF001 - dashes of the catalogue
_DOUBLED = re.compile(r"\s*([,|/;&+–—-])(?:\s*[,|/;&+–—-])+\s+")  # noqa: RUF001 - dashes of the catalogue
_END = re.compile(
    r"\s*(?:(?<!\d),|,(?!\d)|[|(\[{【;!?]|:\s|\.\s|\s?[-–—]+\s|(?<!\s)/\s|\s(?:with|for|compatible|comes|supports?|featuring|mit|für)\s)",  # noqa: RUF001 - dashes of the catalogue
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"(?:(?<=\s)\+|[\s\-–—&/,.:;|'*~_#]|(?<![\w-])(?:and|with|for|in|of|to|the|an?|by|on|at|from|up ?to|or|as"  # noqa: RUF001 - dashes of the catalogue
    r"|your|its|is|compatible|suitable|ideal|perfect|supports?|includ(?:es|ing)|having|und|mit|für|von|der|die|das)"
    r"(?!\w))+$",
    re.IGNORECASE,
)
_ANNOUNCING = word_set(
    "advance advanced all automatic black blue charging compact data digital double dual electric electronic"
    " fast full heavy high in isi long mini multi multipurpose new non portable powerful pro quick single"
    " smart super type ultra universal usb wired wireless white"
)
"""Words that announce a noun; at the end of a title that was cut short the noun is missing."""
_LEADING = re.compile(r"^[\s\-–—&+/,.:;|*~_!?)\]}】]+")  # noqa: RUF001 - dashes of the catalogue
_BRACKETED = re.compile(r"[(\[{【]([^)\]}】]*)(?:[)\]}】]|$)")
_BRACKETS = re.compile(r"[()\[\]{}【】]")
_SEPARATORS = re.compile(r"\s*[()\[\]{}【】|,](?:[\s,|()\[\]{}【】])*")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_REPEATED = re.compile(
    r"(?<!\S)(?!(?P<one>\S+) (?P=one)(?!\S))"
    r"(?P<said>[^\W\d_]+(?: [^\W\d_]+){1,3})(?: (?P=said))+(?![\w-])"
    r"|(?<!\S)(?P<word>[^\W\d_]{6,})(?: (?P=word))+(?![\w-])",
    re.IGNORECASE,
)
"""Words said twice in a row, as in "Spiral Charger Spiral Charger"; "yo yo" and "pom pom" are names."""


@lru_cache(maxsize=CACHED_NAMES)
def title(name: str) -> str:
    """Return the words of a catalogue name that a person would call the product by; empty if there are none.

    Names list specifications after a comma, a bar, a bracket or "with"; the words before these name the
    product. Brackets within the first words are skipped: "Vanta 80 cm (32 inches) LED TV" is a "Vanta 80 cm
    LED TV". At most `TITLE_CHARS` characters; no bracket or quotation mark, so none is unbalanced; claims of
    the seller are left out unless nothing good would be left; links and addresses always.
    """
    mended = _mended(name)
    whole = _start(mended)
    honest = _start(_tidied(without_claims(mended)))
    chosen = honest if _is_good(honest, whole) else whole
    return chosen if has_words(chosen) else ""


@lru_cache(maxsize=CACHED_NAMES)
def work_title(name: str) -> str:
    """Return the whole title of a book, a record or the like, with its author or artist, without editions."""
    mended = _mended(name)
    whole = _EDITION.split(mended)[0] or mended
    told = _undangled(_BRACKETS.sub("", cut(whole, max_chars=TITLE_CHARS)))
    return told if has_words(told) else title(name)


@lru_cache(maxsize=CACHED_NAMES)
def description(name: str) -> str:
    """Return specifications such as colour and size, as many as fit an alt text, without claims."""
    plain = _tidied(_SEPARATORS.sub(", ", _tidied(without_claims(_mended(name)))))
    short = cut(plain, max_chars=DESCRIPTION_CHARS)
    whole_parts = short if short == plain else short.rpartition(",")[0]
    told = _undangled(whole_parts if len(whole_parts) > len(title(name)) else short)
    return told if has_words(told) else title(name)


def _mended(name: str) -> str:
    """Return the name on one line: ASCII signs, primes for inches, no quotation marks, links or repeats."""
    line = clean(name.translate(_WIDE_SIGNS), max_chars=READ_CHARS)
    unquoted = _QUOTES.sub(" ", _INCHES.sub("″", line))
    return _REPEATED.sub(
        lambda found: found["said"] or found["word"], clean(without_contacts(unquoted), max_chars=READ_CHARS)
    )


def _tidied(text: str) -> str:
    """Mend what is left around words that were taken out."""
    return _LEADING.sub("", " ".join(_DOUBLED.sub(r"\1 ", _EMPTY_BRACKETS.sub(" ", text)).split()))


def _start(name: str) -> str:
    text = _LEADING.sub("", _without_early_brackets(name))
    ends = (found.start() for found in _END.finditer(text) if _is_end(text[: found.start()], found[0]))
    named = text[: next(ends, None)]
    short = cut(named, max_chars=TITLE_CHARS)
    told = short if short == named else _without_announcing(short)
    return _undangled(unshouted(_BRACKETS.sub("", told)))


def _is_end(start: str, sign: str) -> bool:
    """Whether a name may end here: before a dash or a colon stands a brand or artist if it names no thing."""
    is_enough = len(start) >= MIN_TITLE_CHARS and " " in start.strip()
    return is_enough and (sign.strip() not in _DIVIDERS or names_a_thing(start))


def _without_announcing(short: str) -> str:
    choices = short.rpartition("/")[0]
    words = (choices if len(choices) > EARLY_CHARS else short).split()
    while len(words) > MIN_WORDS and words[-1].casefold() in _ANNOUNCING:
        words.pop()
    return " ".join(words)


def _without_early_brackets(name: str) -> str:
    """Leave out brackets within the first words; what a title still needs follows them or stands in them."""
    found = _BRACKETED.search(name)
    if found is None or found.start() >= EARLY_CHARS:
        return name
    start, rest = name[: found.start()].rstrip(), name[found.end() :].strip()
    if " " in start and (not rest or _END.match(f" {rest}")):
        return start
    return f"{start} {rest or found[1]}".strip()


def _undangled(text: str) -> str:
    """Leave out signs and words at the end that announce more."""
    return _DANGLING.sub("", text).strip()


def _is_good(honest: str, whole: str) -> bool:
    """True if a title without claims still names something: two words, or as many as there were."""
    return len(_WORDS.findall(honest)) >= min(MIN_WORDS, len(_WORDS.findall(whole)))
