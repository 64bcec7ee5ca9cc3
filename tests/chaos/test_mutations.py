"""What is mutated, what is not, and that each explained survivor is still there."""

from pathlib import Path

import pytest

from tests.chaos import anchors, drawn, mutations
from tests.chaos.covering import protecting_files
from tests.chaos.mutations import mutations_of

SOURCE = '''
"""A module."""
LIMIT = 3
SAID = {"a", "b"}

async def send(mail: Mail, times: int = 0) -> bool:
    """Send it."""
    if times < LIMIT and not mail.stopped:
        log.info("sent", to=mail)
        await put(mail, times, only_if=f"a = :b AND {times}")
    elif times:
        raise ValueError(f"{times} times")
    return True
'''


@pytest.fixture
def changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The lines that mutations of `SOURCE` put in place of others."""
    (tmp_path / "module.py").write_text(SOURCE)
    monkeypatch.setattr(mutations, "ROOT", tmp_path)
    made = mutations_of("module.py")
    assert all(each.is_python() for each in made)
    return {
        line.removeprefix("+ ") for each in made for line in each.changed().splitlines() if line[0] == "+"
    }


@pytest.mark.parametrize(
    "changed",
    [
        "if times <= LIMIT and not mail.stopped:",
        "if times < LIMIT or not mail.stopped:",
        "if times < LIMIT and (mail.stopped):",
        "if (not mail.stopped):",
        "if False:",
        "LIMIT = 4",
        'SAID = {"b"}',
        "pass",
        'await put(times, mail, only_if=f"a = :b AND {times}")',
        'await put(mail, times, only_if=f"a = :b")',
        'await put(mail, times, only_if=f"a <> :b AND {times}")',
        "await put(mail, times)",
        "async def send(mail: Mail, times: int = 1) -> bool:",
        "return False",
        "return None",
    ],
)
def test_what_a_hurried_person_gets_wrong_is_made(changes: set[str], changed: str) -> None:
    """Each on a line of its own, where nothing else changes."""
    assert changed in changes


def test_what_only_people_read_stays(changes: set[str]) -> None:
    """Docstrings, annotations, logs and the words of errors: no test should have to notice."""
    text = "\n".join(changes)
    assert not [word for word in ("log", "raise", '"""', "Email") if word in text]
    assert "-> None" not in text


def test_every_named_file_exists_and_gives_mutations() -> None:
    """A protection that is moved takes its line of `protecting.toml` along."""
    assert len(protecting_files()) > 90
    assert all((anchors.ROOT / path).is_file() for path in protecting_files())


def test_an_explained_survivor_can_still_be_made() -> None:
    """An explanation whose code has changed explains nothing."""
    for each in drawn.explained():
        made = {mutation.changed() for mutation in mutations_of(each["file"]) if mutation.scope == each["in"]}
        assert each["change"].strip() in made, each
        assert each["because"]
