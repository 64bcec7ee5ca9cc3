"""Options that several commands have."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager

    from fondly.operations import target as targets
    from fondly.operations.cleanup.scope import Scope
    from fondly.operations.environment import Environment
    from fondly.operations.runs.choosing import Fit

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="FONDLY_CONFIG",
        exists=True,
        dir_okay=False,
        show_default="fondly.toml, if there is one",
        help="The shop's settings.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
RunId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="A run's id, the beginning of one, or `latest`: the last with which this can be done.",
    ),
]
OfRun = Annotated[
    str | None, typer.Option("--run", help="Only of this run; the beginning of its id will do.")
]
Limit = Annotated[int, typer.Option(min=1, help="Show at most this many.")]
Next = Annotated[
    str | None,
    typer.Option(
        "--next", metavar="PLACE", help="Those that follow: what a list ends with, or a day: 2026-11-30."
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        envvar="FONDLY_USER",
        show_default="the caller's ARN on AWS, else this machine's user",
        help="Who decides; it is kept.",
    ),
]
Region = Annotated[
    str | None, typer.Option(show_default="AWS_REGION or the profile's", help="The AWS region.")
]


@dataclass(frozen=True)
class Target:
    """What a command addresses."""

    environment: Annotated[
        str | None,
        typer.Option(
            envvar="FONDLY_ENVIRONMENT", show_default="fondly-local", help="The prefix of names: fondly-prod."
        ),
    ] = None
    region: Region = None
    topology: Annotated[
        Path | None,
        typer.Option(
            envvar="FONDLY_TOPOLOGY",
            exists=True,
            dir_okay=False,
            show_default="the one of this release",
            help="The file that names queues, topics, tables and buckets.",
        ),
    ] = None

    @contextmanager
    def chosen(self) -> "Iterator[targets.Target]":
        """Yield the target, and say so if that is the local stack."""
        from fondly.operations import target as targets

        with targets.target(self.environment, self.region) as chosen:
            if chosen.local_url:
                say(f"using the local stack ({chosen.local_url}); `fondly down` stops it")
            if chosen.trouble:
                say(f"! {chosen.trouble}")
            yield chosen


async def decider(environment: "Environment", by: str | None) -> str:
    """Return who decides: the given name, else the caller."""
    from fondly.operations.delivery.given import decider

    return await decider(environment, by)


def following(place: str | None) -> list[str]:
    """Say how to see what follows a list, if something does."""
    return [f"more: --next {place}"] if place else []


async def run_chosen(environment: "Environment", wanted: str, fit: "Fit") -> str:
    """Return the run that is meant; of `latest` say which it is, or that none fits and which is the last."""
    from fondly.operations.runs.choosing import latest
    from fondly.operations.runs.views import LATEST

    if wanted != LATEST:
        return wanted
    choice = await latest(environment, fit)
    say(choice.why)
    return choice.run.run_id


@dataclass(frozen=True)
class Deletion:
    """How things are deleted."""

    dry_run: DryRun = False
    yes: Yes = False
    timeout_minutes: Annotated[
        int, typer.Option(min=1, help="Wait this long for Personalize to delete something, or for runs.")
    ] = 60
    dataset_group: Annotated[
        list[str] | None,
        typer.Option(
            help="A Personalize dataset group of the environment that has neither its name nor its tag."
        ),
    ] = None

    def scope(
        self, environment: "Environment", run_id: str | None = None
    ) -> "AbstractAsyncContextManager[Scope]":
        """Open what is to be deleted: of an environment, or of a run."""
        from fondly.operations.cleanup.scope import open_scope

        return open_scope(
            environment,
            run_id=run_id,
            dry_run=self.dry_run,
            timeout_s=60.0 * self.timeout_minutes,
            dataset_groups=frozenset(self.dataset_group or ()),
            tell=say,
        )
