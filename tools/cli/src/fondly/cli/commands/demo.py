"""`fondly demo` and `fondly compose-demo`."""

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondly.cli.commands.check import checked
from fondly.cli.commands.stack import look
from fondly.cli.execution import guarded
from fondly.cli.options import AsJson, ConfigFile
from fondly.cli.output import console, print_json, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from fondly.operations.runs.views import RunDetails
    from fondly.operations.shop import Shop
    from fondly.stack.demo import OpenStack

Data = Annotated[
    Path | None,
    typer.Option(
        exists=True, show_default="a made-up shop", help="The file to process, or a folder with three files."
    ),
]
Out = Annotated[Path, typer.Option(file_okay=False, help="The folder for the run's folder.")]
Keep = Annotated[bool, typer.Option("--keep", help="Leave the stack running, as `fondly up` does.")]
Send = Annotated[
    bool, typer.Option("--send", help="Deliver the emails too, to a mail server of the stack's own.")
]
Hold = Annotated[
    bool,
    typer.Option(
        "--hold", help="Deliver them once you have approved it: the stack keeps running, as with --keep."
    ),
]
Merchandising = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, help="What the shop excludes, pins and knows of its categories, as YAML."
    ),
]
Endpoint = Annotated[
    str, typer.Option(envvar="FONDLY_EMULATOR_URL", help="The address at which the emulator is published.")
]


@guarded
def demo(
    data: Data = None,
    merchandising: Merchandising = None,
    out: Out = Path("out"),
    config: ConfigFile = None,
    *,
    send: Send = False,
    hold: Hold = False,
    keep: Keep = False,
    json: AsJson = False,
) -> None:
    """Run a file to finished emails on a local stack.

    The stack is the demo's own, also while one of `fondly up` is running. It has the shop's settings; for the
    made-up shop, only those that do not describe data. With --send nobody is written to either: what arrives
    is shown beside each email. With --hold you look, approve and stop emails yourself, as in production.
    """
    from functools import partial

    from fondly.operations.shop import load_shop
    from fondly.stack.background import kept_stack, require_no_stack
    from fondly.stack.embedded import FINISHING, embedded_stack
    from fondly.stack.local_shop import with_shop

    keep = keep or hold
    if keep:
        require_no_stack()
    shop = load_shop(config)
    settings = _hosts(data, shop, merchandising, json=json) if data else {}
    if send or hold:
        from fondly.stack.local_mail import HOLDING, SENDING, TO_EVERYBODY

        settings |= (HOLDING if hold else SENDING) | (TO_EVERYBODY if data else {})
    own = embedded_stack if send else partial(embedded_stack, services=FINISHING)
    open_stack: OpenStack = with_shop(kept_stack if keep else own, shop, made_up_data=data is None)
    if merchandising:
        from fondly.stack.demo import with_merchandising

        open_stack = with_merchandising(open_stack, merchandising)
    _run(open_stack, data, out, settings, json=json)
    if hold:
        _say_what_is_next()
    if keep:
        say("the stack keeps running: see `fondly queues` and `fondly runs`; `fondly down` stops it")


@guarded
def compose_demo(
    data: Data = None,
    out: Out = Path("out"),
    endpoint: Endpoint = "http://127.0.0.1:4566",
    *,
    json: AsJson = False,
) -> None:
    """Run a file to finished emails on docker compose."""
    from functools import partial

    from fondly.operations.shop import load_shop
    from fondly.stack.compose import compose_stack

    if data:
        _hosts(data, load_shop(), None, json=json)
    _run(partial(compose_stack, endpoint=endpoint), data, out, {}, json=json)


def _say_what_is_next() -> None:
    """Lead somebody who is here for the first time to their first delivery."""
    from fondly.operations.local_stack import running_stack
    from fondly.stack.local_mail import FOLDER

    stack = running_stack()
    if stack:
        say("the emails wait for you. Look at some, then let them go out:")
        say(f"  {look(stack)}")
        say("  or, without a browser, `fondly run approve latest`")
        say(f"what goes out arrives in {stack.variables[FOLDER]}, and nowhere else")


def _hosts(data: Path, shop: "Shop", merchandising: Path | None, *, json: bool) -> dict[str, str]:
    """Check the files and show the result; return the settings for their hosts."""
    from fondly.operations.check.link_hosts import usual_hosts
    from fondly.operations.check.reading import choose

    found = checked(choose([data], shop, merchandising=merchandising), shop, aside=json)
    return usual_hosts(found.link_hosts, found.picture_hosts)


def _run(
    open_stack: "OpenStack", data: Path | None, out: Path, settings: "Mapping[str, str]", *, json: bool
) -> None:
    """Print progress and report, with `json` to standard error, and the summary to standard output."""
    from fondly.stack.demo import run_demo

    screen = console(stderr=json)
    folder = run_demo(
        open_stack,
        data,
        out,
        screen,
        settings=settings,
        show=lambda run, summary: _show(run, summary, screen),
    )
    if json:
        summary = json_text.loads((folder / "summary.json").read_text())
        print_json({"folder": str(folder), **summary})
    else:
        screen.print(f"emails: {folder / 'index.html'}", markup=False, highlight=False, soft_wrap=True)


def _show(run: "RunDetails", summary: "Mapping[str, Any]", screen: "Console") -> None:
    from fondly.cli.tables.demo import demo_sections
    from fondly.cli.tables.drawing import draw

    draw(demo_sections(run, summary), screen)
