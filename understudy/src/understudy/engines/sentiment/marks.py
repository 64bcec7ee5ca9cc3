"""Marks in reviews that carry an opinion without a word: ratings, stars and faces, put into words.

Training and scoring share this module, so the models see the same words for the same marks.
"""

from __future__ import annotations

import re

GLAD = (
    "👍👌👏🙌🤝🙏💪🤟🤘🤙✌☺😀😁😃😄😆😇😉😊😋😌😍😎😘😗😙😚😛😜😝😺😸😻😽🙂🙃🤗🤩🥰🥳🤤"
    "❤🧡💛💚💙💜🤎🖤🤍♥💕💖💗💓💞💝💘💟❣💯🔥✨🎉🎊🏆🥇🌟💫✅✔☑🆗🙆💃🕺🫶🫰"
)
CROSS = (
    "👎😐😑😒😓😔😕🙁☹😖😣😞😟😠😡🤬😢😭😤😥😦😧😨😩😫😪😬😰😱😵😾😿🙄🤢🤮🤒🤕🤥🤦🤨🥱🥵🥴💔💩❌✖🚫⛔🖕🗑🫤🥲"
)
_GLAD_WORD, _CROSS_WORD = " great ", " terrible "
_FACES = dict.fromkeys(map(ord, GLAD), _GLAD_WORD) | dict.fromkeys(map(ord, CROSS), _CROSS_WORD)
_MODIFIERS: dict[int, None] = dict.fromkeys((0xFE0E, 0xFE0F, 0x200D, *range(0x1F3FB, 0x1F400)))
"""How an emoji is to be drawn, and in which colour of skin."""
_SMILE = re.compile(r"[:;=8]['^]?-?(?:\)+|[Dp](?![\w/]))|<3+(?!\d)|\^[_.]?\^")
_FROWN = re.compile(r"[:;=]['^]?-?(?:\(+|[/|\[](?![\w/]))|-_+-")

_STARS = ("zero stars", "one star", "two stars", "three stars", "four stars", "five stars")
_SPELLED = {"zero": 0, "no": 0, "half": 0, "one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_SHARE = re.compile(
    r"(?<![\w./,-])(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:/|out\s+of|outta|outof|on)\s*(5|10|100)(?:\s*stars?\b)?(?![\d/]|[.,]\d)",
    re.IGNORECASE,
)
_STAR_RUN = re.compile("[★⭐☆✩✰🌟]{2,}|[★⭐]")
_ASTERISKS = re.compile(r"(?<!\S)\*{4,5}(?![^\s.!,])")
_STAR_COUNT = re.compile(
    r"(?<![\w./,])(-?\d(?:[.,]\d)?|zero|no|half|(?:a\s+)?single|one|two|three|four|five)[\s-]*(?:[★⭐*]|stars?\b)",
    re.IGNORECASE,
)
_GRADE = re.compile(r"(?<!\S)[Aa]\+{1,5}(?![\w+])")


def in_words(text: str) -> str:
    """Return the text with its ratings, stars, grades, emoji and smileys replaced by words.

    A rating becomes a number of stars out of five, rounded: `9/10` reads as `five stars`.
    """
    text = _SHARE.sub(_share, text)
    if not text.isascii():
        text = _STAR_RUN.sub(_star_run, _starred(text.translate(_MODIFIERS))).translate(_FACES)
    elif "*" in text or "star" in text.lower():
        text = _ASTERISKS.sub(lambda run: _worded(len(run[0])), _starred(text))
    if "+" in text:
        text = _GRADE.sub(_worded(5), text)
    return _FROWN.sub(_CROSS_WORD, _SMILE.sub(_GLAD_WORD, text))


def _starred(text: str) -> str:
    return _STAR_COUNT.sub(_star_count, text)


def _share(found: re.Match[str]) -> str:
    share = _number(found[1]) / int(found[2])
    return _worded(5 * share) if share <= 1 else found[0]


def _star_count(found: re.Match[str]) -> str:
    count = found[1].lower().split()[-1]
    stars = _SPELLED[count] if count in _SPELLED else _number(count)
    return _worded(max(stars, 0)) if stars <= len(_STARS) - 1 else found[0]


def _star_run(found: re.Match[str]) -> str:
    """A filled star counts; one that is drawn empty beside filled ones does not."""
    filled = sum(star in "★⭐🌟" for star in found[0])
    return _worded(min(filled or len(found[0]), 5))


def _worded(stars: float) -> str:
    return f" {_STARS[int(stars + 0.5)]} "


def _number(digits: str) -> float:
    return float(digits.replace(",", "."))
