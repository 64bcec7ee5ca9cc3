"""Ids of any length and script have safe file names, each its own."""

import re
import unicodedata
from string import ascii_letters, digits

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondly.contracts import object_keys
from fondly.contracts.file_names import file_name

MAX_BYTES = 120
IDS = st.text(st.characters(exclude_categories=()), min_size=1, max_size=256)
AWKWARD = st.text(
    st.sampled_from("aAbBéÉkK-_. /\\:*?\x00\N{COMBINING ACUTE ACCENT}\N{LATIN SMALL LETTER LONG S}"),
    min_size=1,
    max_size=6,
)
DEVICES = ("CON", "PRN", "AUX", "NUL", "COM0", "COM1", "LPT9")


def seen_by_a_file_system(name: str) -> set[str]:
    """Return the forms under which file systems that fold case or normalise may store a name."""
    return {unicodedata.normalize(form, name.casefold()) for form in ("NFC", "NFD", "NFKC", "NFKD")}


@pytest.mark.parametrize("identifier", ["AE3XYZ", "C1", "C-1001", "2026_11_A", "A" * 64, "0"])
def test_a_simple_id_is_its_own_name(identifier: str) -> None:
    """So that people find a customer's file."""
    assert file_name(identifier) == identifier


@given(IDS | AWKWARD | st.sampled_from(DEVICES))
@example("न" * 256)
@example("con")
@example("trailing.")
@example("trailing ")
@example("\ud800")
def test_every_name_is_portable(identifier: str) -> None:
    """ASCII that every file system, URL and shell takes, of bounded length, and no device of Windows."""
    name = file_name(identifier)
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?", name)
    assert len(f"{name}.eml") <= MAX_BYTES
    assert name.upper() not in DEVICES
    assert object_keys.email("run-1", identifier) == f"runs/run-1/emails/{name}.eml"


@given(IDS | AWKWARD, IDS | AWKWARD)
@example("a", "A")
@example("C1", "c1")
@example("\N{LATIN SMALL LETTER E WITH ACUTE}", "e\N{COMBINING ACUTE ACCENT}")
@example("\N{KELVIN SIGN}", "K")
@example("stra\N{LATIN SMALL LETTER SHARP S}e", "strasse")
@example("CON", "con")
@example("a.b", "a-b")
def test_different_ids_have_different_names(one: str, other: str) -> None:
    """Also on file systems that ignore case or normalise names."""
    if one != other:
        assert seen_by_a_file_system(file_name(one)).isdisjoint(seen_by_a_file_system(file_name(other)))


@given(st.text(st.sampled_from(ascii_letters + digits + "-_"), min_size=1, max_size=80))
def test_no_id_is_named_like_another(identifier: str) -> None:
    """An id that has the form of a name is not taken for one."""
    name = file_name(identifier)
    assert file_name(name) != name or identifier == name


def test_a_name_is_the_same_in_every_version() -> None:
    """Other programs find an email by it, also in runs of years ago."""
    assert file_name("ae3xyz") == "ae3xyz--6921c941ceb642c06c17bc8f5a5075ea"
    assert file_name("o'neil@shop.example").startswith("o-neil-shop-example--")
    assert file_name("ग्राहक").startswith("id--")
