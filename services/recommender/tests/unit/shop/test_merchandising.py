"""The shop's file, which a marketer writes by hand."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.errors import InvalidFileError
from fondly.recommender.domain.shop.merchandising import MAX_BYTES, ShopRules, read_shop_rules

FILE = "shop/merchandising.yaml"
WHOLE = """\
exclude:
  products: [B07XJ8C8F5, 007, 1e5, no]
  brands: ["Acme ", Nord  Licht]
  categories: [Smart Televisions]
pin: [B08, B09, B08]
durable:
  Headphones: true
  Televisions: no
complements:
  Televisions: [HDMI Cables, Wall Mounts]
"""


def problems(text: str | bytes) -> str:
    """The message about a file that cannot be used."""
    with pytest.raises(InvalidFileError) as raised:
        read_shop_rules(text.encode() if isinstance(text, str) else text, file=FILE)
    return str(raised.value)


def test_every_part_of_the_file_is_read() -> None:
    """Ids keep their spelling, texts their case, lists their order."""
    assert read_shop_rules(WHOLE.encode(), file=FILE) == ShopRules(
        excluded_products=frozenset({"B07XJ8C8F5", "007", "1e5", "no"}),
        excluded_brands=frozenset({"Acme", "Nord Licht"}),
        excluded_categories=("Smart Televisions",),
        pinned=("B08", "B09"),
        durable={"Headphones": True, "Televisions": False},
        complements={"Televisions": ("HDMI Cables", "Wall Mounts")},
    )


@pytest.mark.parametrize("text", ["", "\n# nothing yet\n", "exclude:\npin:\n", "exclude: {brands: }\n", "{}"])
def test_whatever_is_left_out_is_empty(text: str) -> None:
    """A file that decides nothing is a valid file."""
    assert read_shop_rules(text.encode(), file=FILE) == ShopRules()


def test_a_byte_order_mark_changes_nothing() -> None:
    """Some editors write one."""
    assert read_shop_rules(b"\xef\xbb\xbfpin: [A]\n", file=FILE).pinned == ("A",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pin: [A]\nexlude: {}\n", "line 2: exlude: found the unknown key 'exlude'; the nearest is exclude"),
        ("exclude:\n  brand: [A]\n", "line 2: exclude.brand: found the unknown key 'brand'; the nearest is "),
        ("pin: B08\n", "line 1: pin: found 'B08', expected a list"),
        ("pin: {A: 1}\n", "line 1: pin: found a mapping, expected a list"),
        ("pin:\n- A\n- [B]\n", "line 3: pin.1: found a list, expected a text"),
        ("pin:\n- A\n-\n", "line 3: pin.1: found nothing, expected a text"),
        ("pin: ['  ']\n", "line 1: pin.0: found '  ', expected a text of 1 to 256 characters"),
        (f"pin: [{'x' * 300}]\n", "expected a text of 1 to 256 characters"),
        ("exclude: [A]\n", "line 1: exclude: found a list, expected a mapping"),
        ("- pin\n", "line 1: found a list, expected a mapping"),
        ("just words\n", "line 1: found 'just words', expected a mapping"),
        (
            "durable:\n  Televisions: maybe\n",
            "line 2: durable.Televisions: found 'maybe', expected true or false",
        ),
        ("durable: [Televisions]\n", "line 1: durable: found a list, expected a mapping"),
        ("complements:\n  TV: Cables\n", "line 2: complements.TV: found 'Cables', expected a list"),
        ("pin: [A]\npin: [B]\n", "line 2: found 'pin' again, first on line 1"),
        ("durable: {? [a] : true}\n", "line 1: found a list or mapping as a key, expected a text"),
        (
            "exclude:\n  products: [A]\npin: [A]\n",
            "line 3: pin: found A among what is excluded, expected other products",
        ),
        ("pin: [A\n", "not valid YAML: did not find expected"),
        ("a: b: c\n", "line 1: not valid YAML: mapping values are not allowed in this context"),
        ("a: b\n---\nc: d\n", "line 2: not valid YAML: but found another document"),
        ("pin: [A]\nb: \x07\n", "line 2: not valid YAML: control characters are not allowed"),
        (b"pin: [A]\nb: \xe9\n", "line 2: not valid UTF-8: "),
        ("pin: &a [A]\nb: *a\n", "line 2: found the alias '*a', expected its values"),
        ("[" * 9 + "]" * 9, "line 1: found values nested more than 8 deep"),
        ("[" * 60_000, "line 1: not valid YAML: exceeded maximum nesting depth"),
        (b" " * (MAX_BYTES + 1), f"found a file of more than {MAX_BYTES} bytes, expected a smaller one"),
    ],
)
def test_a_problem_names_file_line_what_was_found_and_what_is_expected(
    text: str | bytes, expected: str
) -> None:
    """The marketer can correct the file without asking anybody."""
    message = problems(text)
    assert message.startswith(f"{FILE}: line ")
    assert expected in message


def test_every_problem_of_a_file_is_listed_at_once_in_the_order_of_lines() -> None:
    """Finding them one after the other would take a run each."""
    message = problems("durable: {TV: perhaps}\npins: [A]\nexclude:\n  brands: Acme\n")
    assert [part.split(":")[0] for part in message.removeprefix(f"{FILE}: ").split("; line ")] == [
        "line 1",
        "2",
        "4",
    ]


def test_a_message_about_many_problems_stays_short() -> None:
    """It goes into the ledger and an event."""
    message = problems("".join(f"wrong{number}: {'x' * 50}\n" for number in range(5_000)))
    assert message.endswith("; and 4990 more")
    assert len(message) < 5_000


def test_aliases_that_stand_for_billions_of_values_are_refused() -> None:
    """Before anything is expanded."""
    lines = ["a: &a [x, x]"] + [f"{name}: &{name} [*{before}, *{before}]" for before, name in PAIRS]
    assert "line 2: found the alias '*a'" in problems("\n".join(lines))


PAIRS = [(chr(97 + number), chr(98 + number)) for number in range(25)]
IDS = st.text(st.characters(categories=["L", "N"], codec="utf-8"), min_size=1, max_size=20)


@given(st.lists(IDS, unique=True))
def test_ids_are_read_as_they_are_written(ids: list[str]) -> None:
    """In quotes or not, whatever YAML would take a bare word for."""
    written = "pin:\n" + "".join(f'- "{each}"\n' for each in ids)
    assert set(read_shop_rules(written.encode(), file=FILE).pinned) == {
        unicodedata.normalize("NFC", each) for each in ids
    }


@given(st.one_of(st.binary(max_size=200), st.text(alphabet="pin:[]{}-, \n&*!'\"abc#?|>%@", max_size=60)))
def test_any_bytes_are_either_rules_or_an_invalid_file(body: bytes | str) -> None:
    """No other error, whatever somebody stores there."""
    try:
        read_shop_rules(body.encode() if isinstance(body, str) else body, file=FILE)
    except InvalidFileError as error:
        message = str(error)
    else:
        message = f"{FILE}: line "
    assert message.startswith(f"{FILE}: line ")
