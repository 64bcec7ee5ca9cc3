"""Run understudy: `python -m understudy`."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial

import structlog
import uvicorn
from aiobotocore.session import get_session
from pydantic import ValidationError
from pydantic_settings import SettingsError

from understudy.app import create_app, server_config
from understudy.composition import create_services
from understudy.logs import configure_logs
from understudy.settings import Settings


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
        long_document_fails_batch=settings.comprehend_long_document == "call",
        bedrock_options=settings.bedrock_options(),
        account_options=settings.account_options(),
    )
    structlog.get_logger().info("understudy_starting", host=settings.host, port=settings.port)
    app = create_app(services)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(server_config(app, host=settings.host, port=settings.port)).run()


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
