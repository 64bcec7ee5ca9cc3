"""A gallery's files are written while emails come, each where the page looks for it."""

from contextlib import closing
from pathlib import Path

import pytest

from fondly.operations.emails.shown import Refusal
from fondly.stack.gallery import GalleryWriter
from fondly.stack.gallery.index import ROWS_PER_BLOCK
from fondly.stack.gallery.packed import EMAILS_PER_FILE, PROMPTS_PER_FILE, ScriptFile
from tools.stack.tests.gallery_pages import email, listed, packed, pick, prompt, rows, unpacked, write_gallery


@pytest.mark.parametrize("sizes", [[1], [1, 1, 1, 1], [2, 0, 3], [100_000, 1], [7] * 1_000])
def test_pieces_are_one_content(tmp_path: Path, sizes: list[int]) -> None:
    """However they are cut: Base64 takes three bytes at a time."""
    with closing(ScriptFile(tmp_path / "some-1.js")) as file:
        file.write('"')
        for place, size in enumerate(sizes):
            file.write(chr(ord("a") + place % 26) * size)
        file.write('"')
    assert len(unpacked(tmp_path / "some-1.js")) == sum(sizes)


def test_blocks_have_their_own_reasons(tmp_path: Path) -> None:
    """So that what is in memory does not grow with the number of emails."""
    emails = [
        email(f"A{number}", picks=(pick("Kettle", evidence=f"review R{number}"),))
        for number in range(ROWS_PER_BLOCK + 2)
    ]
    page = write_gallery(tmp_path, {}, emails)
    first, second = listed(page)["blocks"]
    assert (len(first["emails"]), len(first["reasons"])) == (ROWS_PER_BLOCK, ROWS_PER_BLOCK)
    assert second["reasons"] == [["popular", f"review R{ROWS_PER_BLOCK + each}"] for each in range(2)]
    assert [row["reasons"] for row in rows(page)][-2:] == [[0], [1]]


def test_prompts_are_numbered_as_they_come(tmp_path: Path) -> None:
    """Each once, in files of equal size; an email of an unknown prompt has none."""
    keys = [f"k{number}" for number in range(PROMPTS_PER_FILE + 1)]
    with GalleryWriter(tmp_path) as gallery:
        assert gallery.unknown_prompts(["k0", "k1", "k0"]) == ["k0", "k1"]
        for key in keys:
            gallery.add_prompt(prompt(key))
        gallery.add_prompt(prompt("k0", prompt="again"))
        assert gallery.unknown_prompts(keys) == []
        for key in (keys[-1], "k0", "gone"):
            gallery.add(email(key, prompt_keys=(key,)))
        page = gallery.finish({})
    known = packed(page, "bodies-0")["known"]
    assert [each["prompts"] for each in known] == [[PROMPTS_PER_FILE], [0], [-1]]
    assert [each["prompt_key"] for each in packed(page, "prompts-1")] == [keys[-1]]
    assert packed(page, "prompts-0")[0]["prompt"] != "again"
    assert listed(page)["prompts"]["distinct"] == len(keys)


def test_a_prompt_is_paid_if_any_part_has_paid(tmp_path: Path) -> None:
    """Parts are done in any order, so the first that has the prompt need not be the one that paid; once."""
    with GalleryWriter(tmp_path) as gallery:
        for key, paid in (("k0", False), ("k1", False), ("k0", True), ("k0", True)):
            gallery.add_prompt(prompt(key, paid=paid))
        page = gallery.finish({})
    assert listed(page)["promptsPaid"] == "10"
    assert (listed(page)["prompts"]["paid"], listed(page)["prompts"]["input_tokens"]) == (1, 900)


@pytest.mark.parametrize(
    ("unhappy", "fields"),
    [(False, ["intro", "subject", "lines.1", "lines.3"]), (True, ["intro", "lines.1", "lines.3"])],
)
def test_a_refused_text_counts_where_the_email_has_it(
    tmp_path: Path, fields: list[str], *, unhappy: bool
) -> None:
    """A product's line at its place, headlines of any product, but for an apology, which has its own."""
    asked = {"frame": ("intro",), "p": ("subject", "line", "line"), "q": ("line",), "passed": ()}
    prompts = [
        prompt(key, verdicts=[Refusal(field, "", "word", "cures") for field in refused])
        for key, refused in asked.items()
    ]
    page = write_gallery(
        tmp_path, {}, [email(prompt_keys=("frame", "p", "passed", "q"), unhappy=unhappy)], prompts=prompts
    )
    (row,) = rows(page)
    assert [listed(page)["fields"][number] for number in row["refused"]] == fields


def test_a_file_of_emails_is_written_when_it_is_full(tmp_path: Path) -> None:
    """Not at the end: nothing of it stays in memory."""
    with GalleryWriter(tmp_path) as gallery:
        for number in range(EMAILS_PER_FILE):
            assert not (tmp_path / "gallery" / "bodies-0.js").exists()
            gallery.add(email(f"A{number}"))
        assert (tmp_path / "gallery" / "bodies-0.js").exists()
        gallery.finish({})


def test_a_list_that_was_broken_off_is_closed(tmp_path: Path) -> None:
    """Whatever ends the collection, its file is left."""
    with pytest.raises(RuntimeError), GalleryWriter(tmp_path) as gallery:
        gallery.add(email())
        raise RuntimeError
    assert (tmp_path / "gallery" / "list.js").read_text("ascii").endswith('");\n')
