"""Run understudy: `understudy [serve]`, `understudy coverage`, `understudy conform`."""

from __future__ import annotations

import gc
import sys
from argparse import SUPPRESS, ArgumentParser
from contextlib import suppress
from functools import partial
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from understudy import __version__
from understudy.conform.command import add_arguments, conform

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from understudy.settings import Settings
    from understudy.wire.service import Service

GARBAGE_AFTER = 10_000
"""New objects until Python looks for cycles of garbage: at the default, 700, a tenth of the CPU time."""

_SWITCH_INTERVAL_S = 0.001
"""How long a thread that computes keeps others waiting; the default, 5 ms, delays every answer meanwhile."""
_LOCK_TIMEOUT_S = 5.0
"""How long to wait for a process that ends to let go of the folder."""


def main() -> None:
    """Do what the command line says: serve, unless it names another command."""
    arguments = _parser().parse_args()
    arguments.run(arguments)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="understudy", description="A stand-in for Comprehend, Personalize, Bedrock and SES."
    )
    parser.add_argument("--version", action="version", version=f"understudy {__version__}")
    parser.set_defaults(run=serve)
    _add_check(parser, default=False)
    commands = parser.add_subparsers(title="commands", metavar="{serve,coverage,conform}")
    serving = commands.add_parser("serve", help="answer for all services (the default)")
    _add_check(serving, default=SUPPRESS)
    covering = commands.add_parser("coverage", help="print which operations are answered, as Markdown")
    covering.set_defaults(run=_coverage)
    conforming = commands.add_parser("conform", help="see whether an endpoint, or AWS, answers as AWS does")
    add_arguments(conforming)
    conforming.set_defaults(run=conform)
    return parser


def _add_check(parser: ArgumentParser, *, default: object) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        default=default,
        help="only see whether it could start: exit with 0 or 2",
    )


def _coverage(_arguments: Namespace) -> None:
    from understudy.coverage import coverage_of, markdown

    sys.stdout.write(markdown(coverage_of(_services(_load_settings()))))


def serve(arguments: Namespace) -> None:
    """Serve until SIGTERM or SIGINT; exit with one line that says why if a setting is invalid."""
    import structlog
    import uvicorn

    from understudy.app import create_app, server_config
    from understudy.logs import configure_logs

    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    settings = _load_settings()
    configure_logs(settings.log_level)
    services = _services(settings)
    if arguments.check:
        _check_state(settings.state_dir)
        return
    _require_state(settings.state_dir)
    if sys.stderr.isatty():
        sys.stderr.write(_banner(services, settings))
    structlog.get_logger().info("understudy_starting", host=settings.host, port=settings.port)
    app = create_app(services)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(server_config(app, host=settings.host, port=settings.port)).run()


def _services(settings: Settings) -> list[Service]:
    from aiobotocore.session import get_session

    from understudy.composition import create_services

    return create_services(
        settings.options(),
        region=settings.region,
        account_id=settings.account_id,
        clients=partial(get_session().create_client, region_name=settings.region),
    )


def _check_state(folder: Path | None) -> None:
    """Exit with 2 if the folder cannot be written; its files stay as they are: another process may run."""
    from understudy.database import FolderInUseError, StateError
    from understudy.personalize import FOLDER, check_folder

    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
        with suppress(FolderInUseError):
            check_folder(folder / FOLDER, lock_timeout_s=0.0)
    except (OSError, StateError) as error:
        sys.stderr.write(f"check failed: UNDERSTUDY_STATE_DIR: {error}\n")
        sys.exit(2)


def _banner(services: list[Service], settings: Settings) -> str:
    """Return what is covered, for a person; where nobody looks, the log stays parseable."""
    from understudy.coverage import banner, coverage_of

    url = f"http://{settings.host}:{settings.port}"
    return f"{banner(coverage_of(services), version=__version__, url=url)}\n"


def _require_state(folder: Path | None) -> None:
    from understudy.database import StateError
    from understudy.personalize import FOLDER, check_folder

    try:
        if folder is not None:
            check_folder(folder / FOLDER, lock_timeout_s=_LOCK_TIMEOUT_S)
    except StateError as error:
        sys.exit(f"understudy cannot start: UNDERSTUDY_STATE_DIR: {error}")


def _load_settings() -> Settings:
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from understudy.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        problems = (
            f"UNDERSTUDY_{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()
        )
        sys.exit(f"understudy cannot start: {'; '.join(problems)}")
    except SettingsError as error:
        sys.exit(f"understudy cannot start: {error}")


if __name__ == "__main__":
    main()
