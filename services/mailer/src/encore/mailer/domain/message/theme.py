"""The look of an email: hand-written tables and CSS, inlined once when the theme is loaded."""

import re
from dataclasses import dataclass
from importlib.resources import files

from css_inline import CSSInliner
from jinja2 import Environment, StrictUndefined

from encore.mailer.domain.message.content import Letter

_INDENTATION = re.compile(r"\n\s+")
_COMMENTED_TAG = re.compile(r"<!--(\{%.*?%\})-->")


@dataclass(frozen=True)
class Brand:
    """Who the email speaks for."""

    name: str
    postal_address: str


class Theme:
    """Renders letters as HTML and as plain text. A value that the templates miss is an error."""

    def __init__(self, brand: Brand) -> None:
        html = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        text = Environment(
            autoescape=False,  # noqa: S701 - plain text has nothing to escape
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._html = html.from_string(_inlined(_read("email.html"), _read("email.css")), {"brand": brand})
        self._text = text.from_string(_read("email.txt"), {"brand": brand})

    def html(self, letter: Letter) -> str:
        """Return a whole HTML document; everything from the letter is escaped."""
        return self._html.render(letter=letter)

    def text(self, letter: Letter) -> str:
        """Return the same in plain text."""
        return self._text.render(letter=letter)


def _read(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")


def _inlined(html: str, css: str) -> str:
    """Move the CSS into style attributes.

    Template tags stand in comments, because an HTML parser moves bare text out of tables; they are bared
    only afterwards. Indentation would travel in every email, so it goes too.
    """
    inliner = CSSInliner(extra_css=css, load_remote_stylesheets=False, minify_css=True)
    return _COMMENTED_TAG.sub(r"\1", _INDENTATION.sub("\n", inliner.inline(html)))
