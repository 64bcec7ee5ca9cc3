"""A gallery's files are written while emails come, each where the page looks for it."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from fondly.stack.gallery import GalleryWriter
from fondly.stack.gallery.packed import EMAILS_PER_FILE, PROMPTS_PER_FILE, ScriptFile
from tools.stack.tests.gallery_pages import email, packed, prompt, unpacked


@pytest.mark.parametrize("sizes", [[1], [1, 1, 1, 1], [2, 0, 3], [100_000, 1], [7] * 1_000])
def test_pieces_are_one_content(tmp_path: Path, sizes: list[int]) -> None:
    """However they are cut: Base64 takes three bytes at a time."""
    with closing(ScriptFile(tmp_path / "some-1.js")) as file:
        file.write('"')
        for place, size in enumerate(sizes):
            file.write(chr(ord("a") + place % 26) * size)
        file.write('"')
    assert len(unpacked(tmp_path / "some-1.js")) == sum(sizes)


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
    asked = [re.findall('data-prompt="(.*)"', each) for each in packed(page, "bodies-0")["beside"]]
    assert asked == [[str(PROMPTS_PER_FILE)], ["0"], []]
    assert [len(packed(page, f"prompts-{file}")) for file in range(2)] == [PROMPTS_PER_FILE, 1]
    assert "again" not in packed(page, "prompts-0")[0]


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
