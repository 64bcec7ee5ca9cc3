"""What has become of the settings of earlier releases."""

import json
import re
from itertools import chain
from pathlib import Path

import pytest

from fondly.runtime.changed_settings import CHANGED, changed_settings, told
from fondly.runtime.settings import ServiceSettings, load_settings

ROOT = Path(__file__).parents[4]
NAMES = json.loads((ROOT / "infra/modules/pipeline/setting_names.json").read_text("utf-8"))
TODAY = set(chain.from_iterable(chain.from_iterable(each.values()) for each in NAMES.values()))
BEFORE = {"FONDLY_INGEST_REQUIRE_CONSENT"}
"""What the release before, e0ceb591, had in infra/modules/pipeline/setting_names.json, but for resources."""


def removed_by(release: str) -> set[str]:
    """The settings that the changelog says a release has removed: a short name continues the one before."""
    section = (ROOT / "CHANGELOG.md").read_text("utf-8").split(f"## [{release}]")[1].split("\n## ")[0]
    [line] = re.findall(r"\*\*Settings removed\*\*: (.+)", section)
    names = list[str]()
    for name in re.findall(r"`(\w+)`", line):
        service = re.match("[A-Z]+_[A-Z]+", names[-1]) if name.startswith("_") else None
        names.append(service[0] + name if service else name)
    return set(names)


def test_every_setting_that_a_release_took_away_is_told_of() -> None:
    """Those that the changelog names, and what really differs from the release before."""
    changed = {name for name in CHANGED["0.2.0"] if name.startswith("FONDLY_")}
    assert changed == removed_by("0.2.0") | BEFORE
    assert not changed & TODAY, "a setting that is read is not gone"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("FONDLY_MAILER_MAX_TOKENS", "FONDLY_MAILER_MAX_TOKENS was removed in 0.2.0: each question"),
        (
            "ENCORE_DATA_BUCKET",
            "the project is named Fondly since 0.2.0: ENCORE_DATA_BUCKET is FONDLY_DATA_BUCKET",
        ),
    ],
)
def test_a_service_refuses_a_setting_that_is_gone_by_its_name(
    name: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line and without its value; ignored, it would silently change what the service does."""
    monkeypatch.setenv(name, "secret")
    with pytest.raises(SystemExit) as ended:
        load_settings(ServiceSettings)
    assert ended.value.code == 2
    [said] = capsys.readouterr().err.splitlines()
    assert line in said
    assert "secret" not in said


def test_what_others_name_so_and_what_is_empty_is_no_concern_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another product has variables of the former name; compose passes on what is not set as nothing."""
    assert list(changed_settings({"ENCORE_ENVIRONMENT": "x", "PATH": "x"})) == []
    for name in ("DATA_BUCKET", "RUNS_TABLE", "RUN_FINISHED_TOPIC_ARN"):
        monkeypatch.setenv(f"FONDLY_{name}", "x")
    monkeypatch.setenv("FONDLY_MAILER_MAX_TOKENS", "")
    assert load_settings(ServiceSettings).data_bucket == "x"


def test_a_renamed_setting_is_told_by_its_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name in place of a reason is the new name."""
    monkeypatch.setitem(CHANGED, "0.2.0", {"FONDLY_OLD": "FONDLY_NEW"})
    assert told("FONDLY_OLD") == "was renamed FONDLY_NEW in 0.2.0"
