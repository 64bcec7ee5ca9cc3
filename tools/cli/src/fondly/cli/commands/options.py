"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

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
EnvironmentName = Annotated[
    str | None,
    typer.Option(
        envvar="FONDLY_ENVIRONMENT",
        show_default="fondly-local",
        help="The prefix of names: fondly-prod.",
    ),
]
Region = Annotated[
    str | None,
    typer.Option(show_default="AWS_REGION or the profile's", help="The AWS region."),
]
TopologyFile = Annotated[
    Path | None,
    typer.Option(
        envvar="FONDLY_TOPOLOGY",
        exists=True,
        dir_okay=False,
        show_default="infra/topology.yaml of the checkout",
        help="The file that names queues, topics, tables and buckets.",
    ),
]
