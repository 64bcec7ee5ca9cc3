"""CI runs make targets, so whatever it checks can be run locally, and both kinds of CI run the same."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
HISTORY = {"mixed", "chaos", "chaos-delivery"}
COMMAND = re.compile(r"make ([a-z-]+)( [A-Z]+=\w+)*")


def commands() -> list[str]:
    """Every shell command of the hosted workflow."""
    return [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]


def hosted_targets() -> set[str]:
    """The make targets of the hosted workflow."""
    return {found[1] for command in commands() if (found := COMMAND.fullmatch(command))}


def test_the_workflow_runs_only_make_targets() -> None:
    """Tools are called by targets that exist; the workflow itself only sets them up."""
    assert [command for command in commands() if not COMMAND.fullmatch(command)] == []
    assert hosted_targets() <= TARGETS


def test_both_kinds_of_ci_run_the_same_checks() -> None:
    """`.ci/run` leaves out what takes trivy or earlier releases, and `images`: its tests build them."""
    local = set(re.findall(r"^ *make ([a-z-]+)", (ROOT / ".ci/run").read_text(), re.MULTILINE))
    assert hosted_targets() - local == {"images", "scan-images", *HISTORY}
    assert local <= hosted_targets()


def test_a_missing_tool_fails_the_hosted_workflow() -> None:
    """Locally, `make check-infra` only names the tools that are not installed."""
    assert "make check-infra STRICT=1" in commands()


def test_actions_are_pinned_by_commit() -> None:
    """A tag can be moved to other code; a commit cannot."""
    used = [step["uses"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "uses" in step]
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []
