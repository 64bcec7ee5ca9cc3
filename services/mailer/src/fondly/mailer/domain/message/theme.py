"""The look of an email: a theme's templates and CSS, put together once, filled for each email."""

import re
from dataclasses import dataclass

from css_inline import CSSInliner
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateError

from fondly.mailer.domain.language import DEFAULT_LOCALE, Messages, language
from fondly.mailer.domain.message.content import EmailContent
from fondly.mailer.domain.message.palette import ColourError, palette
from fondly.mailer.domain.message.shop_file import (
    InvalidFileError,
    ShopFile,
    ThemeChoice,
    ThemeFile,
    read_theme_file,
)
from fondly.mailer.domain.message.stylesheet import Stylesheet, UnknownVariableError, stylesheet
from fondly.mailer.domain.message.theme_files import ThemeFiles, built_in_theme, complete

_INDENTATION = re.compile(r"\n\s+")
_COMMENTED_TAG = re.compile(r"<!--(\{%.*?%\})-->")
_MODES = ("light", "dark")
WIDTH = 72


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
        try:
            markup = _inlined(_put_together(files, choice, look.layout, look.css.kept), look.css.inlined)
            self._html = _environment(autoescape=True).from_string(markup, shared)
            self._text = _environment(autoescape=False).from_string(files["email.txt"], shared)
        except TemplateError as error:
            raise InvalidFileError(f"theme {choice.name}: {_place(error)}{error}") from error

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


def _put_together(files: ThemeFiles, choice: ThemeChoice, layout: str, kept_css: str) -> str:
    """Put the theme's parts together; `[% %]` and `[[ ]]` are filled now, `{% %}` and `{{ }}` per email."""
    parts = Environment(
        loader=DictLoader(files),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - all values are checked: colours, fonts, a URL, CSS
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return parts.get_template("email.html").render(layout=layout, logo=choice.logo, kept_css=kept_css)


def _inlined(html: str, css: str) -> str:
    """Move the CSS into style attributes.

    Template tags are written in comments, because an HTML parser moves bare text out of tables; afterwards
    the comments are removed, and so is the indentation, which every email would carry.
    """
    inliner = CSSInliner(extra_css=css, load_remote_stylesheets=False, minify_css=True)
    return _COMMENTED_TAG.sub(r"\1", _INDENTATION.sub("\n", inliner.inline(html)))


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        autoescape=autoescape,  # noqa: S701 - off for plain text alone
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = wrapped
    # Jinja's own also tries items, at several times the cost; content has attributes alone, and lacks none.
    environment.getattr = getattr  # type: ignore[assignment]
    return environment


def _place(error: TemplateError) -> str:
    name, line = getattr(error, "name", None), getattr(error, "lineno", None)
    return f"{name}:{line}: " if name and line else ""


def wrapped(text: str, indent: int = 0) -> str:
    """Return a paragraph in lines of at most `WIDTH` characters, those after the first indented.

    A longer word, such as a link, has a line of its own. (`textwrap` takes ten times as long, as it also
    handles tabs, hyphens and long words.)
    """
    room = WIDTH - indent
    if len(text) <= room:
        return text
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return ("\n" + " " * indent).join([*lines, line])
