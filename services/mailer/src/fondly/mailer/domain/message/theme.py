"""The look of an email: a theme's templates and CSS, put together once, filled for each email."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from css_inline import CSSInliner
from jinja2 import DictLoader, Environment, Template
from jinja2.meta import find_undeclared_variables

from fondly.contracts.errors import InvalidFileError
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.language import DEFAULT_LOCALE, Messages, language
from fondly.mailer.domain.message import template_rules
from fondly.mailer.domain.message.content import Card, EmailContent
from fondly.mailer.domain.message.palette import ColourError, palette
from fondly.mailer.domain.message.shop_file import Logo, ShopFile, ThemeChoice, ThemeFile, read_theme_file
from fondly.mailer.domain.message.stylesheet import Stylesheet, UnknownVariableError, stylesheet
from fondly.mailer.domain.message.theme_files import ThemeFiles, built_in_theme, complete

_INDENTATION = re.compile(r"\n\s+")
_COMMENTED_TAG = re.compile(r"<!--(\{%(?:(?!<!--).)*?%\})-->")
_MODES = ("light", "dark")
WIDTH = 72
MAX_STYLED = 10_000_000
"""Elements times characters of CSS: each element may get all of it."""


@dataclass(frozen=True)
class Brand:
    """The shop that the email is from."""

    name: str
    postal_address: str


@dataclass(frozen=True)
class FixedStrings:
    """The words that are the same in every email."""

    view: str
    why: str
    prices: str
    unsubscribe: str
    view_online: str


_KNOWN = template_rules.members(EmailContent, Copy, Card, Brand, FixedStrings, Logo)


class Theme:
    """Renders emails as HTML and as plain text. A value missing from the content is an error.

    `own` are the theme's files, those of a built-in theme by default; `shop` is `fondly.toml`. Raises
    `InvalidFileError`, in one line, for a theme or a shop's file that cannot be used.
    """

    def __init__(
        self,
        brand: Brand,
        messages: Messages | None = None,
        *,
        shop: ShopFile | None = None,
        own: ThemeFiles | None = None,
        file: str = "fondly.toml",
    ) -> None:
        choice = (shop or ShopFile()).theme
        files = complete(own or built_in_theme(choice.name))
        look = _look(choice, files, file)
        shared = {
            "brand": brand,
            "strings": _fixed_strings(messages or language(DEFAULT_LOCALE).messages, brand),
            "logo": choice.logo,
        }
        place = f"theme {choice.name}: "
        markup = _inlined(_put_together(files, choice, look, place), look.css.inlined, place)
        self._html = _checked(markup, _environment(autoescape=True), shared, f"{place}email.html")
        self._text = _checked(files["email.txt"], _environment(autoescape=False), shared, f"{place}email.txt")

    def html(self, email: EmailContent) -> str:
        """Return a whole HTML document; every value of the email is escaped."""
        return self._html.render(email=email)

    def text(self, email: EmailContent) -> str:
        """Return the same as plain text, in lines that are read easily."""
        return self._text.render(email=email)


@dataclass(frozen=True)
class _Look:
    layout: str
    css: Stylesheet


def _look(choice: ThemeChoice, files: ThemeFiles, file: str) -> _Look:
    """Bring together what the theme is like and what the shop's file changes."""
    if "theme.toml" not in files:
        raise InvalidFileError(f"{file}: theme.name: found {choice.name!r}, expected a theme that exists")
    name = f"{choice.name}/theme.toml"
    like = read_theme_file(files["theme.toml"], file=name)
    fonts = like.fonts.model_dump() | choice.fonts.model_dump(exclude_none=True)
    variables = {f"{use}-font": family for use, family in fonts.items() if family}
    light, dark = (_colours(mode, like, choice, file) | variables for mode in _MODES)
    css = "\n".join((files["base.css"], files["email.css"]))
    try:
        sheet = stylesheet(css, files.get("narrow.css", ""), light=light, dark=dark)
    except UnknownVariableError as error:
        raise InvalidFileError(f"{choice.name}/email.css: {error}") from error
    return _Look(choice.layout or like.layout, sheet)


def _colours(mode: str, like: ThemeFile, choice: ThemeChoice, file: str) -> dict[str, str]:
    """The theme's colours of a mode under the shop's; an accent of its own serves both modes."""
    own: dict[str, str] = dict(getattr(choice.colours, mode))
    accent = {"accent": choice.colours.light["accent"]} if "accent" in choice.colours.light else {}
    given = accent | own
    of_theme: dict[str, str] = dict(getattr(like, mode))
    replaced = {"on-accent", "link"} if "accent" in given else set()
    kept = {token: value for token, value in of_theme.items() if token not in replaced}
    try:
        return dict(palette(kept | given))
    except ColourError as error:
        raise InvalidFileError(f"{file}: theme.colours.{mode}.{error}") from error


def _fixed_strings(messages: Messages, brand: Brand) -> FixedStrings:
    return FixedStrings(
        view=messages.text("card-view"),
        why=messages.text("email-why", brand=brand.name),
        prices=messages.text("email-figures"),
        unsubscribe=messages.text("email-unsubscribe"),
        view_online=messages.text("email-view-online"),
    )


def _put_together(files: ThemeFiles, choice: ThemeChoice, look: _Look, place: str) -> str:
    """Put the theme's parts together; `[% %]` and `[[ ]]` are filled now, `{% %}` and `{{ }}` per email."""
    parts = template_rules.sandbox(
        loader=DictLoader(files),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        autoescape=False,  # all values are checked: colours, fonts, a URL, CSS
    )
    texts = {name: text for name, text in files.items() if name.endswith(".html")}
    trees, later = {}, _environment(autoescape=True)
    for name, text in texts.items():
        trees[name] = template_rules.check_template(text, parts, _KNOWN, place=f"{place}{name}")
        template_rules.check_template(text, later, _KNOWN, place=f"{place}{name}")
    if template_rules.size_with_parts("email.html", trees, texts, {}) > template_rules.MAX_CHARS:
        raise InvalidFileError(
            f"{place}email.html: found over {template_rules.MAX_CHARS} characters with what it includes"
        )
    with template_rules.problems_of(f"{place}email.html"):
        template = parts.get_template("email.html")
        return template.render(layout=look.layout, logo=choice.logo, kept_css=look.css.kept)


def _inlined(html: str, css: str, place: str) -> str:
    """Move the CSS into style attributes.

    Template tags are written in comments, because an HTML parser moves bare text out of tables; afterwards
    the comments are removed, and so is the indentation, which every email would carry.
    """
    if html.count("<") * len(css) > MAX_STYLED:
        raise InvalidFileError(f"{place}found too many elements for so much CSS, expected fewer")
    inliner = CSSInliner(extra_css=css, load_remote_stylesheets=False, minify_css=True)
    return _COMMENTED_TAG.sub(r"\1", _INDENTATION.sub("\n", inliner.inline(html)))


def _environment(*, autoescape: bool) -> Environment:
    environment = template_rules.sandbox(autoescape=autoescape)
    environment.filters["wrapped"] = wrapped
    # Jinja's own also tries items, at several times the cost; content has attributes alone, and lacks none.
    environment.getattr = getattr  # type: ignore[assignment]
    return environment


def _checked(text: str, environment: Environment, shared: dict[str, Any], place: str) -> Template:
    """Return the template that is filled for each email; raise `InvalidFileError` if it may not be."""
    if len(text) > template_rules.MAX_CHARS:
        raise InvalidFileError(f"{place}: found over {template_rules.MAX_CHARS} characters")
    tree, given = template_rules.check_template(text, environment, _KNOWN, place=place), {"email", *shared}
    if unknown := find_undeclared_variables(tree) - given:
        raise InvalidFileError(f"{place}: found {min(unknown)}, expected one of {', '.join(sorted(given))}")
    with template_rules.problems_of(place):
        template = environment.from_string(text, shared)
    if environment.autoescape:
        template.root_render_func.__globals__["escape"] = escaped
    return template


def escaped(value: object) -> str:
    """Escape as `markupsafe.escape` does, without making a `Markup`, which takes as long as all the rest."""
    text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&#34;").replace("'", "&#39;")


def wrapped(text: str, indent: int = 0) -> str:
    """Return a paragraph in lines of at most `WIDTH`; `textwrap` does more, and takes ten times as long."""
    indent = min(indent, WIDTH)
    if len(text) <= WIDTH - indent:
        return text
    return ("\n" + " " * indent).join(_rows(max(WIDTH - indent, 1)).findall(" ".join(text.split())))


@lru_cache(maxsize=8)
def _rows(room: int) -> re.Pattern[str]:
    """Return what finds rows of whole words, as many as there is room for; a longer word has its own."""
    return re.compile(rf"\S{{{room + 1},}}|\S.{{0,{room - 1}}}(?!\S)")
