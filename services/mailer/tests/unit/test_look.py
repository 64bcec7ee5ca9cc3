from pathlib import Path

import pytest

from fondly.contracts.errors import InvalidFileError
from fondly.mailer.adapters.shop_files import LocalShopFiles, StoredShopFiles
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message.shop_file import read_shop_file, read_theme_file
from fondly.mailer.domain.message.theme import Brand, Theme
from fondly.mailer.domain.message.theme_files import BASE, FILE_NAMES, built_in_theme, complete
from fondly.mailer.use_cases.load_look import load_look
from tests.support.stores import InMemoryObjects

MESSAGES = language("en_IN").messages
BRAND = Brand("Fondly Shop", "1 Example Street")
SHOP = """
[theme]
name = "market"
layout = "grid"

[theme.logo]
url = "https://shop.example/logo.png"
alt = "Fondly Shop"

[theme.colours.light]
accent = "#0b6b5c"

[brand]
voice = "dry, precise"
"""


def test_a_shops_file_says_what_its_emails_look_like() -> None:
    """Everything it leaves out has a default."""
    shop = read_shop_file(SHOP, file="fondly.toml")
    assert (shop.theme.name, shop.theme.layout, shop.brand.voice) == ("market", "grid", "dry, precise")
    assert shop.theme.logo is not None
    assert shop.theme.logo.width == 140
    assert read_shop_file("", file="fondly.toml").theme.name == "plain"


def test_the_example_is_a_file_that_can_be_used() -> None:
    """Whoever copies it begins with something that works."""
    example = Path(__file__).parents[4] / "examples" / "fondly.toml"
    shop = read_shop_file(example.read_text("utf-8"), file="fondly.toml")
    Theme(BRAND, MESSAGES, shop=shop)
    assert (
        shop.theme.colours.light["accent"]
        != read_theme_file(built_in_theme(shop.theme.name)["theme.toml"], file="theme.toml").light["accent"]
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[theme\n", "fondly.toml: not TOML: Expected ']'"),
        (
            "[theme]\n\nlayout = 'wide'",
            "fondly.toml:3: theme.layout: found 'wide', expected hero, grid or list",
        ),
        (
            "[theme]\nnam = 'x'",
            "fondly.toml:2: theme.nam: there is no such key; there are name, layout, logo, fonts, colours",
        ),
        (
            "[theme.logo]\nurl = 'https://shop.example/l.png'\nalt = 'x'\nheight = 3",
            "fondly.toml:4: theme.logo.height: there is no such key; there are url, alt, width",
        ),
        (
            "[look]\nname = 'x'",
            "fondly.toml:1: look: there is no such key; there are brand, theme, subjects, shop, hosts",
        ),
        (
            "[brand]\nname = 'Tea\u200b'",
            "fondly.toml:2: brand.name: found U+200B, expected characters that can be seen",
        ),
        (
            "[brand]\nfrom_address = 'shop.example'",
            "fondly.toml:2: brand.from_address: found 'shop.example', expected an email address such as",
        ),
        ("[brand]\nvoice = 3", "fondly.toml:2: brand.voice: found '3', expected 3 to 300 characters on how"),
        ("shop = 3", "fondly.toml:1: shop: found '3', expected a table"),
        (
            "[theme.colours.dark]\naccent = 'red'",
            "fondly.toml:2: theme.colours.dark.accent: found 'red', expected a colour such as #0b6b5c",
        ),
        (
            "[theme.colours.light]\n\nink = '#000000'",
            "fondly.toml:3: theme.colours.light.ink: there is no such key",
        ),
        (
            "[theme.logo]\nalt = 'x'\nurl = 'http://shop.example/l.png'",
            "fondly.toml:3: theme.logo.url: found 'http://shop.example/l.png', expected an https URL",
        ),
        ("[theme.logo]\nalt = 'x'", "fondly.toml:1: theme.logo.url: is missing"),
        ("[theme.fonts]\nbody = 'x; color: red'", "fondly.toml:2: theme.fonts.body: found 'x; color: red'"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(text: str, problem: str) -> None:
    """It names file, line and key, what was found and what is expected."""
    with pytest.raises(InvalidFileError) as refused:
        read_shop_file(text, file="fondly.toml")
    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)


def test_sections_of_other_readers_are_left_to_them() -> None:
    """One file is for all services: the mailer starts, whatever is said of prices and columns."""
    shop = read_shop_file(
        "[shop]\ncurrency = 'EUR'\n[hosts]\nx = 1\n[columns.files]\ny = 'z'", file="fondly.toml"
    )
    assert shop.theme.name == "plain"


async def test_without_files_emails_have_the_default_look() -> None:
    """Nothing has to be set up."""
    look = await load_look(StoredShopFiles(InMemoryObjects()))
    assert look.shop.theme.name == "plain"
    assert look.theme_files == built_in_theme("plain")


async def test_the_bucket_holds_the_shops_file_and_its_own_theme() -> None:
    """A theme has only the files in which it differs."""
    objects = InMemoryObjects()
    await objects.put("shop/fondly.toml", b"[theme]\nname = 'mine'", content_type="text/plain")
    await _put_theme(objects, {"theme.toml", "email.css"})
    look = await load_look(StoredShopFiles(objects))
    assert set(look.theme_files) == {"theme.toml", "email.css"}
    look.theme(BRAND, MESSAGES)


async def test_a_folder_holds_the_same(tmp_path: Path) -> None:
    """The file may have any name; `themes` is beside it."""
    config = tmp_path / "summer.toml"
    config.write_text("[theme]\nname = 'mine'", encoding="utf-8")
    (tmp_path / "themes" / "mine").mkdir(parents=True)
    for name, text in built_in_theme("market").items():
        (tmp_path / "themes" / "mine" / name).write_text(text, encoding="utf-8")
    look = await load_look(LocalShopFiles(config))
    assert look.theme_files == built_in_theme("market")
    assert look.file == str(config)


async def test_a_theme_may_be_tried_in_the_place_of_the_chosen_one(tmp_path: Path) -> None:
    """The rest of the file stays."""
    config = tmp_path / "fondly.toml"
    config.write_text(SHOP, encoding="utf-8")
    look = await load_look(LocalShopFiles(config), theme="gallery")
    assert (look.shop.theme.name, look.shop.theme.layout) == ("gallery", "grid")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (
            {"fondly.toml": b"[theme]\nname = 'mine'"},
            "shop/fondly.toml: theme.name: found 'mine', expected one of gallery, market, plain, or",
        ),
        ({"fondly.toml": b"\xff"}, "shop/fondly.toml: found byte 0 not UTF-8"),
        ({"fondly.toml": b"#" * 100_001}, "shop/fondly.toml: found more than 100000 bytes"),
        (
            {"fondly.toml": b"[theme.colours.light]\nmuted = '#999999'"},
            "shop/fondly.toml: theme.colours.light.muted: found #999999 on page #ffffff, a contrast of 2.85",
        ),
        (
            {"fondly.toml": b"[theme]\nname = 'mine'", "themes/mine/email.css": b".a { color: var(--ink); }"},
            "mine/email.css: found var(--ink), expected one of: accent",
        ),
        (
            {
                "fondly.toml": b"[theme]\nname = 'mine'",
                "themes/mine/hello.html": b"[% include 'nothing.html' %]",
            },
            "theme mine: ",
        ),
        (
            {"fondly.toml": b"[theme]\nname = 'mine'", "themes/mine/hello.html": b"<!--{% if %}-->"},
            "theme mine: ",
        ),
    ],
)
async def test_a_look_that_cannot_be_used_is_refused_in_one_line(
    files: dict[str, bytes], problem: str
) -> None:
    """Before the first email is made."""
    objects = InMemoryObjects()
    if any(name.startswith("themes/") for name in files):
        await _put_theme(objects, {"theme.toml", "email.css"})
    for name, body in files.items():
        await objects.put(f"shop/{name}", body, content_type="text/plain")
    with pytest.raises(InvalidFileError) as refused:
        (await load_look(StoredShopFiles(objects))).theme(BRAND, MESSAGES)
    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)


def test_every_file_of_the_themes_may_be_replaced() -> None:
    """The base has all of them but `theme.toml`, `email.css` and `narrow.css`, which are a theme's own."""
    assert set(complete({})) == {*FILE_NAMES, "base.css"} - {"theme.toml", "email.css", "narrow.css"}
    assert built_in_theme(BASE) == {}


async def _put_theme(objects: InMemoryObjects, names: set[str]) -> None:
    for name, text in built_in_theme("plain").items():
        if name in names:
            await objects.put(f"shop/themes/mine/{name}", text.encode(), content_type="text/plain")
