"""Turns a description in HTML into plain entries, one for each paragraph or item of a list."""

from html.parser import HTMLParser

MAX_HTML_CHARS = 20_000
"""As much of a description is read: the parser's time grows faster than broken HTML does."""

_SILENT = {"script", "style", "template", "noscript"}
_INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "cite",
    "code",
    "del",
    "em",
    "font",
    "i",
    "img",
    "ins",
    "mark",
    "s",
    "small",
    "span",
}
_INLINE |= {"strong", "sub", "sup", "u", "wbr"}


def entries(html: str) -> list[str]:
    """Return the texts of a description's blocks, in order; without markup, those of its lines."""
    html = html[:MAX_HTML_CHARS]
    if "<" not in html and "&" not in html:
        return [line for line in map(_single_spaced, html.splitlines()) if line]
    reader = _Reader()
    reader.feed(html)
    reader.close()
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
