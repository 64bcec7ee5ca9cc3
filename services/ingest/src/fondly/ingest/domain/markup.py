"""Reads HTML as the text that it shows."""

import html
import re
from html.entities import html5
from html.parser import HTMLParser

from fondly.ingest.domain.text import clean

MAX_HTML_CHARS = 20_000
"""As much of a description is read: the parser's time grows faster than broken HTML does."""

_SILENT = {"script", "style", "template", "noscript"}
_INLINE = frozenset({
    *("a", "abbr", "b", "bdi", "cite", "code", "del", "em", "font", "i", "img", "ins", "mark", "s", "small"),
    *("span", "strong", "sub", "sup", "u", "wbr"),
})  # fmt: skip
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_PAIR = re.compile(r"<([a-z][a-z0-9]{0,9})(?:\s[^<>]*)?>([^<>]*)</\1\s*>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:br|hr|img|wbr|p|div|span|strong|em|small|sup|sub|mark|font|del|ins|li|ul|ol|h[1-6]|table|tr|td|th|dl|dt|dd"
    r"|section|article|blockquote|pre|style|script)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MAX_LAYERS = 3
"""Programs escape what is escaped already: `&amp;#8211;`."""


def _char(entity: re.Match[str]) -> str:
    """Return what an entity stands for; itself if HTML has none of that name."""
    name = entity[0].removeprefix("&")
    return html.unescape(entity[0]) if name[0] == "#" or name in html5 else entity[0]


def is_markup(text: str) -> bool:
    """Return whether a text is clearly written in HTML: it has a tag or an entity of it."""
    return bool(_TAG.search(text) or _PAIR.search(text) or _ENTITY.sub(_char, text) != text)


def plain(text: str) -> str:
    """Return a line of text without entities and tags; `AT&T`, `5 < 6` and `<3` are none."""
    if "&" not in text and "<" not in text:
        return text
    for _ in range(_MAX_LAYERS):
        text = _PAIR.sub(r"\2", _ENTITY.sub(_char, text))
    return clean(_TAG.sub(" ", text))


def entries(text: str) -> list[str]:
    """Return the texts of a description's blocks, in order; without markup, those of its lines."""
    text = text[:MAX_HTML_CHARS]
    if "<" not in text and "&" not in text:
        return [line for line in map(_single_spaced, text.splitlines()) if line]
    reader, end = _Reader(), text.rfind(">") + 1
    reader.feed(text[:end])
    reader.close()
    reader.handle_data(
        html.unescape(text[end:])
    )  # the parser would look for the end of each tag again and again
    return reader.finished()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        self._silent += tag in _SILENT
        self._divide(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._divide(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._blocks[-1] += data

    def finished(self) -> list[str]:
        """Return the blocks that say something."""
        return [text for text in map(_single_spaced, self._blocks) if text]

    def _divide(self, tag: str) -> None:
        if tag not in _INLINE and self._blocks[-1]:
            self._blocks.append("")


def _single_spaced(text: str) -> str:
    return " ".join(text.split())
