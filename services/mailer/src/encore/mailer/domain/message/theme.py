"""The look of an email: hand-written tables and CSS, which is inlined once, when the theme is loaded."""

import re
from dataclasses import dataclass
from importlib.resources import files

from css_inline import CSSInliner
from jinja2 import Environment, StrictUndefined

from encore.mailer.domain.message.content import EmailContent

_INDENTATION = re.compile(r"\n\s+")
_COMMENTED_TAG = re.compile(r"<!--(\{%.*?%\})-->")


@dataclass(frozen=True)
class Brand:
    """The shop that the email is from."""

    name: str
    postal_address: str


class Theme:
    """Renders emails as HTML and as plain text. A value missing from the content is an error."""

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

    def html(self, email: EmailContent) -> str:
        """Return a whole HTML document; every value of the email is escaped."""
        return self._html.render(email=email)

    def text(self, email: EmailContent) -> str:
        """Return the same as plain text."""
        return self._text.render(email=email)


def _read(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")


def _inlined(html: str, css: str) -> str:
    """Move the CSS into style attributes.

    Template tags are written in comments, because an HTML parser moves bare text out of tables; afterwards
    the comments are removed, and so is the indentation, which every email would carry.
    """
    inliner = CSSInliner(extra_css=css, load_remote_stylesheets=False, minify_css=True)
    return _COMMENTED_TAG.sub(r"\1", _INDENTATION.sub("\n", inliner.inline(html)))
