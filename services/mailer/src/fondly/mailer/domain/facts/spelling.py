"""The usual spelling of a name that was written in capitals, in lower case, or in a play of both."""

import re

from fondly.mailer.domain.facts.name_words import LOWER_PARTICLES

_PARTS = re.compile("([-'\u2019])")
_WELL_SPELLED = re.compile("[^\\W\\d_a-z](?:[^\\W\\d_A-Z]+(?:[A-Z][^\\W\\d_A-Z]+)?)?|IJ[a-z]+")
_SCOTTISH = re.compile("^mc(?=[a-z]{3})")


def mended(name: str) -> str:
    """Return `name` as people write it: `o'connor` is O'Connor, `JEAN-LUC` Jean-Luc, `McKenzie` itself.

    Particles keep their case unless the whole name is in capitals: `VAN DER BERG` is van der Berg.
    """
    is_plain = name.isupper() or name.islower()
    words = name.split()
    return " ".join(
        word.lower() if is_plain and len(words) > 1 and word.casefold() in LOWER_PARTICLES else _word(word)
        for word in words
    )


def _word(word: str) -> str:
    if word in LOWER_PARTICLES:
        return word
    parts = _PARTS.split(word)
    whole = word.isupper() or word.islower()
    return "".join(part if part in "-'\u2019" else _part(part, whole=whole) for part in parts)


def _part(part: str, *, whole: bool) -> str:
    if not whole and _WELL_SPELLED.fullmatch(part):
        return part
    lower = part.replace("\u0130", "i").lower()
    if scottish := _SCOTTISH.match(lower):
        return "Mc" + lower[scottish.end() :].capitalize()
    return lower[:1].title() + lower[1:]
