"""Documents name only alarms and commands that exist."""

import re
from pathlib import Path

from tests.support.terraform import read_module
from tools.cli.tests.conftest import Fondly

ROOT = Path(__file__).parents[4]
DOCUMENTS = (
    *("docs/operations.md", "docs/privacy.md", "docs/recommendations.md", "docs/sending.md"),
    *("tools/cli/README.md", "README.md"),
)
RUNBOOK = (ROOT / "docs/operations.md").read_text()


def alarms() -> set[str]:
    """The names of all alarms, without the stage and what each is about."""
    module = read_module("modules/observability")
    names = [
        alarm["alarm_name"].rpartition("}-")[2].strip('"')
        for (kind, _), alarm in module.resources.items()
        if kind == "aws_cloudwatch_metric_alarm"
    ]
    tables = ("run_alarms", "delivery_alarms")
    listed = {name for table in tables for name in module.locals[table]} | {"complaints", "bounces"}
    assert all(f"{name} " in module.text for name in ("complaints", "bounces"))
    return {name for name in names if "$" not in name} | listed


def test_every_alarm_is_in_the_runbook() -> None:
    """With what it means and what to do."""
    found = alarms()
    assert {"dead-letters", "stuck", "run-failed"} <= found
    missing = {name for name in found if not re.search(rf"^\| `(<\w+>-)?{name}` \|", RUNBOOK, re.MULTILINE)}
    assert missing == set()


def test_commands_in_documents_exist(run_fondly: Fondly) -> None:
    """With their options: operators copy them."""
    groups = "run|connect|cost|customer|dlq|email|events|evaluate|product|suppress|theme|config"
    named: dict[tuple[str, ...], set[str]] = {}
    for document in DOCUMENTS:
        commands = re.findall(
            rf"(?:^|[`(/])fondly (?:({groups}) )?([a-z-]+)([^`#\n]*)",
            (ROOT / document).read_text(),
            re.MULTILINE,
        )
        assert commands, document
        for group, command, rest in commands:
            named.setdefault((group, command), set()).update(re.findall(r"--[a-z-]+", rest))
    for words, options in named.items():
        shown = run_fondly(*filter(None, words), "--help")
        assert (shown.code, [each for each in options if each not in shown.out]) == (0, []), words
