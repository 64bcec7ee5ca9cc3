"""`fondly theme`: how emails look."""

from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.execution import guarded
from fondly.cli.output import say

app = typer.Typer(no_args_is_help=True, help="How emails look.")

Name = Annotated[
    str | None, typer.Argument(show_default="the one of the file", help="The theme, in place of the file's.")
]
Config = Annotated[
    Path,
    typer.Option(
        envvar="FONDLY_CONFIG",
        dir_okay=False,
        help="The shop's file; it may be missing. Themes are in `themes/` beside it.",
    ),
]
Port = Annotated[int, typer.Option(min=1024, max=65_535, help="The port on 127.0.0.1.")]


@app.callback()
def theme() -> None:
    """How emails look."""


@app.command()
@guarded
def preview(name: Name = None, config: Config = Path("fondly.toml"), port: Port = 8027) -> None:
    """Show a theme in the browser, live while its files change.

    Phone and desktop, light and dark, and plain text, with made-up products. Ctrl-C ends it.
    """
    from uvicorn import Config as ServerConfig
    from uvicorn import Server

    from fondly.stack.theme_preview.server import preview_app

    say(f"http://127.0.0.1:{port}/ shows the theme; Ctrl-C ends it")
    server = ServerConfig(
        preview_app(config, theme=name),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    Server(server).run()
