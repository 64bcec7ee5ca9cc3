"""What a run imported into Personalize, and which version it asked, as a table for people."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.table import Table

from encore.cli.tables import cell, table
from encore.recommender.domain.imports import Mode
from encore.recommender.domain.standing import NDCG
from encore.recommender.domain.version_steps import Choice
from encore.stack.formatting import count

NAMES = {
    NDCG: "NDCG@25",
    "mean_reciprocal_rank_at_25": "MRR@25",
    "precision_at_25": "precision@25",
    "coverage": "coverage",
}
"""The metrics that are shown, the one that decides first."""
TOLD: Mapping[str, str] = {
    Choice.TRAINED: "its own",
    Choice.REUSED: "used again",
    Choice.EARLIER: "the earlier one: its own is worse",
}
MODES: Mapping[str, str] = {
    Mode.FULL: "everything anew",
    Mode.INCREMENTAL: "what is new",
    Mode.RECORDS: "what is new, row by row",
    Mode.NONE: "nothing new",
}
DATASETS = ("interactions", "users", "items")
_SHOWN = frozenset(
    {
        *(f"import_mode_{each}" for each in DATASETS),
        "import_reason",
        "new_interactions",
        "put_events",
        "items_put",
        "items_put_bytes",
        "version_choice",
        "version_reason",
        "version_run",
        "version_trained_at",
        "version_metrics",
        "trained_metrics",
    }
)


def is_in_table(name: str) -> bool:
    """Whether a member of a run's step state is shown here, and need not be listed with the others."""
    return name in _SHOWN


def personalize_table(step: Mapping[str, str]) -> Table:
    """Return a row for each thing that is known; none for a run that has not got so far."""
    shown = table("Personalize", "", fold="")
    for name, text in (*_imports(step), *_version(step)):
        shown.add_row(cell(name), cell(text))
    return shown


def _imports(step: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in DATASETS:
        if mode := step.get(f"import_mode_{name}"):
            told = MODES.get(mode, mode)
            if name == "interactions" and mode != Mode.NONE:
                told += _how_many(step)
                told += (
                    "; these are put as events too" if mode == Mode.FULL and step.get("put_events") else ""
                )
            yield f"import of {name}", told
    if (put := int(step.get("items_put") or 0)) > 0:
        yield "products told at once", count(put)
    if reason := step.get("import_reason"):
        yield "everything because", reason


def _how_many(step: Mapping[str, str]) -> str:
    new, known = step.get("new_interactions"), step.get("interactions")
    return f": {count(int(new))} of {count(int(known))} are new" if new and known else ""


def _version(step: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not (choice := step.get("version_choice")):
        return
    yield "version", TOLD.get(choice, choice) + _trained(step)
    if reason := step.get("version_reason"):
        yield "because", reason
    used, own = _metrics(step.get("version_metrics")), _metrics(step.get("trained_metrics"))
    for name, label in NAMES.items():
        if name in used:
            beside = f", of its own {own[name]:.4f}" if name in own else ""
            yield label, f"{used[name]:.4f}{beside}"


def _trained(step: Mapping[str, str]) -> str:
    run_id, trained_at = step.get("version_run"), step.get("version_trained_at")
    if not (run_id and trained_at):
        return ""
    return f", trained by {run_id}, {datetime.fromisoformat(trained_at):%Y-%m-%d %H:%M} UTC"


def _metrics(text: str | None) -> Mapping[str, float]:
    found = json.loads(text) if text else {}
    return {name: float(value) for name, value in found.items()}
