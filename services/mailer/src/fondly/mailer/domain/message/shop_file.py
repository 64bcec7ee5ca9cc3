"""`fondly.toml` as the mailer reads it: the theme of the shop's emails, and its brand.

Every key may be missing. The rest is for others; `fondly.operations.shop` reads the whole file.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fondly.mailer.domain.copy.subjects import EXPECTED as SLOTS_EXPECTED
from fondly.mailer.domain.copy.subjects import MOST_VARIANTS, SubjectTest, wrong_slots
from fondly.mailer.domain.message.brand_values import (
    Advice,
    BrandName,
    PageUrl,
    PostalAddress,
    Remedy,
    SenderAddress,
    Sentences,
    Shown,
    Voice,
)
from fondly.mailer.domain.message.palette import TOKENS, Token
from fondly.mailer.domain.message.toml_file import Section, read_toml

Layout = Literal["hero", "grid", "list"]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Font = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ,'-]{1,120}$")]
VariantName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]


def _with_known_slots(template: str) -> str:
    if wrong := wrong_slots(template):
        raise ValueError(wrong)
    return template


Template = Annotated[Shown, StringConstraints(min_length=1, max_length=90), AfterValidator(_with_known_slots)]


def _different(variants: dict[str, str]) -> dict[str, str]:
    if len(set(variants.values())) < len(variants):
        raise ValueError("found the same template under two names, expected different ones")
    return variants


ThemeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]

FONT_EXPECTED = "names of fonts such as Georgia, serif"
LAYOUT_EXPECTED = "hero, grid or list"
COLOUR_EXPECTED = "a colour such as #0b6b5c"
URL_EXPECTED = "an https URL"
EXPECTED = {
    "brand": "a table of the brand's name, voice and addresses",
    "brand.name": "a name of at most 60 characters",
    "brand.voice": "3 to 300 characters on how the brand speaks",
    **dict.fromkeys(("brand.do", "brand.dont"), "up to 10 texts of at most 120 characters"),
    "brand.sentences": "up to 5 sentences of at most 200 characters",
    "brand.remedy": "a sentence of at most 200 characters",
    **dict.fromkeys(("brand.personal_words", "brand.strict"), "true or false"),
    "brand.from_address": "an email address such as hello@shop.example",
    "brand.postal_address": "an address of at most 200 characters, on one line",
    "brand.unsubscribe_url": f"{URL_EXPECTED}, or an http one of this machine",
    "subjects": "a table of name and variants",
    "subjects.name": "a name such as november, of a-z, 0-9, - and _",
    "subjects.variants": f"2 to {MOST_VARIANTS} templates, each with {SLOTS_EXPECTED}",
    "theme": "a table such as name = 'market'",
    "theme.name": "the name of a theme, such as market",
    "theme.layout": LAYOUT_EXPECTED,
    "theme.logo": "a table of url, alt and width",
    "theme.logo.url": URL_EXPECTED,
    "theme.logo.alt": "a description of at most 99 characters",
    "theme.logo.width": "24 to 400 CSS pixels",
    "theme.fonts": FONT_EXPECTED,
    "theme.colours.light": COLOUR_EXPECTED,
    "theme.colours.dark": COLOUR_EXPECTED,
    **dict.fromkeys(("shop", "hosts", "columns"), "a table"),
}
"""What each key of the mailer's sections should be."""
THEME_FILE_EXPECTED = {
    "layout": LAYOUT_EXPECTED,
    "fonts": FONT_EXPECTED,
    "light": f"{COLOUR_EXPECTED}, or one of {', '.join(TOKENS)}",
    "dark": f"{COLOUR_EXPECTED}, or one of {', '.join(TOKENS)}",
}


class Logo(Section):
    """The picture at the top; without one, the brand's name is written there."""

    url: Annotated[str, StringConstraints(pattern=r"^https://[!#-%'-;=?-\[\]-z~]{1,300}$")]
    """The https address of the picture."""
    alt: Annotated[str, StringConstraints(min_length=1, max_length=99)]
    """Its description, for those who do not see it."""
    width: Annotated[int, Field(ge=24, le=400)] = 140
    """In CSS pixels; the height follows."""


class Fonts(Section):
    """Families of fonts that readers' devices have: emails load none."""

    heading: Font | None = None
    """Of titles and prices, such as `Georgia, serif`."""
    body: Font | None = None
    """Of everything else."""


class Colours(Section):
    """Colours that replace the theme's."""

    light: dict[Token, Colour] = Field(default_factory=dict)
    """By token, such as `accent`, as `#rrggbb`."""
    dark: dict[Token, Colour] = Field(default_factory=dict)
    """The same in dark mode."""


class ThemeChoice(Section):
    """How emails look."""

    name: ThemeName = "plain"
    """`plain`, `market`, `gallery`, or a folder of your own in `themes/` beside the file."""
    layout: Layout | None = None
    """One big product and compact ones below (`hero`), two in a row (`grid`), or all alike (`list`)."""
    logo: Logo | None = None
    """The picture at the top; without one, the brand's name is written there."""
    fonts: Fonts = Fonts()
    """Families of fonts in place of the theme's."""
    colours: Colours = Colours()
    """Colours in place of the theme's."""


class BrandSection(Section):
    """Who writes. What is missing is as the mailer's settings have it."""

    name: BrandName | None = None
    """The shop's name, in the sender's name and in the email."""
    voice: Voice | None = None
    """How the brand speaks, in a few words for the model that writes copy."""
    do: Advice | None = None
    """What copy should do, such as `speak of the kitchen`."""
    dont: Advice | None = None
    """What copy should not do, such as `no puns`."""
    sentences: Sentences | None = None
    """Sentences of the shop's own, which copy may use: they count as true."""
    remedy: Remedy | None = None
    """What a customer who complained is offered, in one sentence; without it nothing is."""
    personal_words: bool | None = None
    """Whether the model is told what customers said, to write to them of it."""
    strict: bool | None = None
    """Whether copy has none but common words and those of the catalogue."""
    from_address: SenderAddress | None = None
    """The sender's email address."""
    postal_address: PostalAddress | None = None
    """The shop's postal address in the footer, as the law asks."""
    unsubscribe_url: PageUrl | None = None
    """An https address that accepts the one-click POST of RFC 8058; it needs a key in the environment."""


class SubjectsSection(Section):
    """A comparison of subject lines; without it every email has the subject that was written."""

    name: VariantName = "subjects"
    """Of the comparison; another name draws anew which customer gets which variant."""
    variants: Annotated[
        dict[VariantName, Template], Field(min_length=2, max_length=MOST_VARIANTS), AfterValidator(_different)
    ]
    """Templates such as `{customer.first_name}, {subject}`, by name; customers are shared out equally."""

    @property
    def test(self) -> SubjectTest:
        """The comparison."""
        return SubjectTest(self.name, self.variants)


class ShopFileSections(Section):
    """The sections that the mailer reads."""

    brand: BrandSection = BrandSection()
    theme: ThemeChoice = ThemeChoice()
    subjects: SubjectsSection | None = None
    """A comparison of subject lines."""


class ShopFile(ShopFileSections):
    """The file as the mailer reads it: sections of other readers are accepted, whatever they say."""

    shop: dict[str, Any] = Field(default_factory=dict)
    hosts: dict[str, Any] = Field(default_factory=dict)
    columns: dict[str, Any] = Field(default_factory=dict)


class ThemeFile(Section):
    """`theme.toml`: what a theme is like unless the shop's file says otherwise."""

    description: str
    layout: Layout = "hero"
    fonts: Fonts
    light: dict[Token, Colour | Token]
    dark: dict[Token, Colour | Token]


def read_shop_file(text: str, *, file: str) -> ShopFile:
    """Read `fondly.toml`; raise `InvalidFileError` naming the file, line and key of every problem."""
    return read_toml(ShopFile, text, file=file, expected=EXPECTED)


def read_theme_file(text: str, *, file: str) -> ThemeFile:
    """Read `theme.toml`; raise `InvalidFileError` naming the file, line and key of every problem."""
    return read_toml(ThemeFile, text, file=file, expected=THEME_FILE_EXPECTED)
