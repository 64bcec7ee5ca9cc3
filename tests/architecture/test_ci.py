"""CI runs make targets, so whatever it checks can be run locally, and both kinds of CI run the same."""

import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW, RELEASE = (
    yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text()) for name in ("ci", "release")
)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
HISTORY = {"mixed", "chaos", "chaos-delivery", "bench", "bench-compare"}
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
    """`.ci/run` leaves out what takes trivy or earlier releases, and images, which its tests make."""
    local = set(re.findall(r"^ *make ([a-z-]+)", (ROOT / ".ci/run").read_text(), re.MULTILINE))
    assert hosted_targets() - local == {"images", "scan-images", *HISTORY}
    assert local <= hosted_targets()


def test_a_missing_tool_fails_the_hosted_workflow() -> None:
    """Locally, `make check-infra` only names the tools that are not installed."""
    assert "make check-infra STRICT=1" in commands()


def test_actions_are_pinned_by_commit() -> None:
    """A tag can be moved to other code; a commit cannot."""
    jobs = [job for workflow in (WORKFLOW, RELEASE) for job in workflow["jobs"].values()]
    used = [step["uses"] for job in jobs for step in job["steps"] if "uses" in step]
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []


def test_only_what_people_approve_can_publish() -> None:
    """A job that writes or has an identity waits for the environment; none has a right it does not name."""
    assert RELEASE["permissions"] == {}
    for name, job in RELEASE["jobs"].items():
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        assert ("environment" in job) == bool(writes) == (name in {"packages", "images"})
        assert job["timeout-minutes"] <= 60
    assert RELEASE["jobs"]["packages"]["permissions"] == {"id-token": "write"}


def test_a_release_has_every_image_of_ours() -> None:
    """And make targets publish and verify it."""
    shown = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "sbom"],  # noqa: S607 - whichever make there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    images = re.findall(r"fondly/(\w+):local", shown)
    assert sorted(RELEASE["jobs"]["images"]["strategy"]["matrix"]["image"]) == sorted(images)
    commands = [step["run"] for job in RELEASE["jobs"].values() for step in job["steps"] if "run" in step]
    assert set(re.findall(r"\bmake ([a-z-]+)", "\n".join(commands))) <= TARGETS
