"""`fondly upload`: a shop's files into an environment, and what ingest says of them."""

from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.options import By, decider
from fondly.cli.output import console, say

Data = Annotated[Path, typer.Argument(exists=True, help="A file, or the folder of a set.")]
TimeoutMinutes = Annotated[
    int, typer.Option(min=1, help="Wait so long for the verdict: a sleeping service takes minutes to wake.")
]


@in_environment
async def upload(
    environment: Environment, data: Data, *, timeout_minutes: TimeoutMinutes = 60, by: By = None
) -> Answer:
    """Upload a shop's files, and wait until they are read.

    A mapping.yaml beside a file goes with it; of a folder the mapping goes first and the manifest last, so
    that exactly one run starts. Exits with 1 if the files cannot be used, or leave questions to be answered.
    """
    from fondly.cli.reading_progress import reading
    from fondly.cli.tables.uploads import verdict_sections
    from fondly.operations.uploading import Upload, uploads_of
    from fondly.operations.uploading import upload as start

    files, who = Upload(uploads_of(data)), await decider(environment, by)
    with reading(files.files, console(stderr=True), doing="uploading", passes=1) as watch:
        verdict = await start(
            environment,
            files,
            by=who,
            watch=watch,
            begun=lambda run_id: say(f"uploaded to {files.address}; waiting until ingest has read {run_id}"),
            timeout_s=60.0 * timeout_minutes,
        )
    if verdict.failed is not None:
        return Answer(verdict, verdict_sections(verdict), is_wrong=True)
    goes_on = f"`fondly run watch {verdict.run_id}` follows the run"
    return Answer(verdict, verdict_sections(verdict), [goes_on])
