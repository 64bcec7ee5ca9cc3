"""Run understudy: `python -m understudy`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import suppress
from functools import partial
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import structlog
import uvicorn
from aiobotocore.session import get_session
from pydantic import ValidationError
from pydantic_settings import SettingsError

from understudy.app import create_app, server_config
from understudy.composition import create_services
from understudy.logs import configure_logs
from understudy.personalize import FolderInUseError, StateError, check_state
from understudy.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

_LOCK_TIMEOUT_S = 5.0
"""How long to wait for a process that ends to let go of the folder."""


def main() -> None:
    """Serve until SIGTERM or SIGINT; exit with one line that says why if a setting is invalid."""
    settings = _load_settings()
    configure_logs(settings.log_level)
    services = create_services(
        region=settings.region,
        account_id=settings.account_id,
        model_ids=settings.model_ids,
        state_delay_s=settings.state_delay_s,
        comprehend_prior=settings.comprehend_prior,
        s3_client_factory=partial(get_session().create_client, "s3", settings.region),
        comprehend_calls_per_s=settings.comprehend_tps,
        comprehend_disturbance=settings.comprehend_disturbance(),
        long_document_fails_batch=settings.comprehend_long_document == "call",
        bedrock_options=settings.bedrock_options(),
        personalize_options=settings.personalize_options(),
        account_options=settings.account_options(),
    )
    if _only_checks():
        _check_state(settings.state_dir)
        return
    _require_state(settings.state_dir)
    structlog.get_logger().info("understudy_starting", host=settings.host, port=settings.port)
    app = create_app(services)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(server_config(app, host=settings.host, port=settings.port)).run()


def _only_checks() -> bool:
    parser = ArgumentParser(
        prog="python -m understudy", description="Serve Comprehend, Personalize and Bedrock."
    )
    parser.add_argument(
        "--check", action="store_true", help="only see whether it could start: exit with 0 or 2"
    )
    return bool(parser.parse_args().check)


def _check_state(folder: Path | None) -> None:
    """Exit with 2 if the folder cannot be written; its files stay as they are: another process may run."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
        with suppress(FolderInUseError):
            check_state(folder, lock_timeout_s=0.0)
    except (OSError, StateError) as error:
        sys.stderr.write(f"check failed: UNDERSTUDY_STATE_DIR: {error}\n")
        sys.exit(2)


def _require_state(folder: Path | None) -> None:
    try:
        if folder is not None:
            check_state(folder, lock_timeout_s=_LOCK_TIMEOUT_S)
    except StateError as error:
        sys.exit(f"understudy cannot start: UNDERSTUDY_STATE_DIR: {error}")


def _load_settings() -> Settings:
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
