"""The proof of hours goes on where it was stopped, and one step that fails ends no other."""

import json
from pathlib import Path

import pytest

from tests.chaos import prove


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where results of a commit are kept, with two steps: the first fails."""
    folder = tmp_path / "0123456789ab"
    folder.mkdir()
    made = [prove.Step("storms", f"seed {n}", "sent once", f"-c print({n});exit({n}==1)") for n in (1, 2)]
    monkeypatch.setattr(prove, "kept_folder", lambda: folder)
    monkeypatch.setattr(prove, "steps", lambda *_: made)
    return folder


def test_a_step_that_fails_ends_no_other_and_the_report_has_both(folder: Path) -> None:
    """It says what was promised and said, and when; the exit code says that one failed."""
    assert prove.main([]) == 1
    report = json.loads(folder.with_suffix(".json").read_text())
    assert [(step["case"], step["exit_code"], step["output"]) for step in report["steps"]] == [
        ("seed 1", 1, ["1"]),
        ("seed 2", 0, ["2"]),
    ]
    assert report["commit"] == "0123456789ab"
    words = folder.with_suffix(".md").read_text()
    assert "2 steps, 1 failed" in words
    assert "| storms, seed 1 | sent once | **no** |" in words


def test_what_has_ended_is_not_run_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what failed: only another commit may show something else."""
    prove.main([])
    monkeypatch.setattr(prove, "run_step", lambda step: pytest.fail(step.name))
    assert prove.main([]) == 1
    (folder / "storms-seed-1.json").unlink()  # it failed
    with pytest.raises(pytest.fail.Exception):
        prove.main([])
