"""Command line of the embedded stack."""

import signal
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from encore.cli.verification import Account, Outcome, verify
from encore.cli.verification.report import as_json, show
from encore.stack.compose import ENDPOINT, compose_stack
from encore.stack.demo import DemoFailedError, OpenStack, run_demo
from encore.stack.embedded import REGION, STAGE, StackNotReadyError, embedded_stack
from encore.stack.processes import ProcessDiedError
from encore.stack.provision import provision
from encore.stack.sample import write_sample
from encore.stack.topology import TOPOLOGY, load_topology

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
INTERRUPTED = 130


Data = Annotated[Path | None, typer.Option(help="A file, or a folder of three; else a sample.")]
Out = Annotated[Path, typer.Option(help="Where the run's folder goes.")]


@app.command()
def demo(data: Data = None, out: Out = Path("out")) -> None:
    """Run a file from upload to finished emails."""
    _demo(embedded_stack, data, out)


@app.command()
def compose_demo(
    data: Data = None,
    out: Out = Path("out"),
    endpoint: Annotated[str, typer.Option(help="Where the emulator is published.")] = ENDPOINT,
) -> None:
    """Run a file from upload to finished emails on the running stack of docker-compose.yml."""
    _demo(partial(compose_stack, endpoint=endpoint), data, out)


@app.command()
def sample(
    path: Annotated[Path, typer.Argument(help="Where the CSV file goes.")],
    customers: Annotated[int, typer.Option(min=1)] = 1500,
    products: Annotated[int, typer.Option(min=10)] = 300,
) -> None:
    """Write a sample upload."""
    write_sample(path, customers=customers, products=products)


@app.command("provision")
def provision_command(stage: str = STAGE, region: str = REGION, topology: Path = TOPOLOGY) -> None:
    """Create the topology's resources where `AWS_ENDPOINT_URL` points; print the services' settings."""
    resources = provision(load_topology(topology), stage=stage, region=region)
    for name, value in resources.environment().items():
        sys.stdout.write(f"{name}={value}\n")


@app.command()
def verify_deployment(
    stage: Annotated[str, typer.Option(help="What the names begin with, such as encore-dev.")] = STAGE,
    region: str = REGION,
    model_id: Annotated[
        str | None, typer.Option(envvar="ENCORE_MAILER_MODEL_ID", help="By default the mailer's own.")
    ] = None,
    topology: Path = TOPOLOGY,
    *,
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check that a stage has all it takes; end with 1 if not. Calls each AI service once."""
    results = verify(load_topology(topology), Account.open(stage, region=region, model_id=model_id))
    if json:
        sys.stdout.write(as_json(results) + "\n")
    else:
        show(results, Console())
    if any(result.outcome is Outcome.FAILED for result in results):
        raise typer.Exit(1)


def _demo(open_stack: OpenStack, data: Path | None, out: Path) -> None:
    console = Console()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        folder = run_demo(open_stack, data, out, console)
    except (DemoFailedError, ProcessDiedError, StackNotReadyError) as error:
        console.print(f"failed: {error}", style="bold red", markup=False, highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        console.print("stopped")
        raise typer.Exit(INTERRUPTED) from None
    console.print(f"emails: {folder / 'index.html'}", markup=False, highlight=False)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    app()
