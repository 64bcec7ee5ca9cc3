"""A key of the shop's file is changed, and nothing else of it."""

import pytest

from fondly.contracts.errors import InvalidFileError
from fondly.operations.shop.editing import with_values

LIST = 'do = [ # ours\n  "a", # why\n  "b",\n]\n'
OTHER = "[shop] # here\nname = 'x'\n"
LONG = "[brand]\nremedy = '''\n# name = 1\n'''\n"


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        ("", {"brand.name": "Tea"}, '[brand]\nname = "Tea"\n'),
        ("[brand]\n# name = 'x'\n", {"brand.name": "Tea"}, '[brand]\nname = "Tea"\n'),
        (f"[brand]\n{LIST}[shop]\n", {"brand.do": ["c"]}, '[brand]\ndo = ["c"]\n[shop]\n'),
        (f"[brand]\n{LIST}[shop]\n", {"brand.do": None}, "[brand]\n[shop]\n"),
        ("[brand]\n\n[shop]\n", {"brand.strict": True}, "[brand]\nstrict = true\n\n[shop]\n"),
        (OTHER, {"brand.name": "T"}, f'{OTHER}\n[brand]\nname = "T"\n'),
        (LONG, {"brand.name": "T"}, f'{LONG}name = "T"\n'),
        ("[brand]\nname = 'x'\n", {"brand.name": 'a "b" \\ \n'}, '[brand]\nname = "a \\"b\\" \\\\ \\n"\n'),
        ("", {"theme.fonts.body": "Georgia"}, '[theme.fonts]\nbody = "Georgia"\n'),
        ("brand = {name = 'x'} # ours\n", {"brand.name": "T"}, 'brand = {name = "T"} # ours\n'),
        ("brand.name = 'x'\n", {"brand.name": "T"}, 'brand.name = "T"\n'),
        ("[brand]\n'name' = 'x'\n", {"brand.name": "T"}, "[brand]\n'name' = \"T\"\n"),
        ("[brand]\n", {"brand.a \\1": "T"}, '[brand]\n"a \\\\1" = "T"\n'),
    ],
)
def test_a_key_has_a_line_of_its_own(before: str, values: dict[str, object], after: str) -> None:
    """Below its table, in the place of what was said or of its comment; what it holds cannot leave it."""
    assert with_values(before, values, file="fondly.toml") == after


@pytest.mark.parametrize("text", ["brand = 1\n", "brand = [\n", "[[brand]]\nname = 1\n"])
def test_what_is_no_table_is_left_to_whoever_wrote_it(text: str) -> None:
    """A file is never made one that says something else, or nothing."""
    with pytest.raises(InvalidFileError, match=r"fondly\.toml: brand\.name: .*expected a table"):
        with_values(text, {"brand.name": "Tea"}, file="fondly.toml")
