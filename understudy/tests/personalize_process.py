"""Personalize as a process of its own; another process finds it here by its module's name."""

from functools import partial
from pathlib import Path

import structlog
import uvicorn
from aiobotocore.session import get_session

from understudy.app import create_app, server_config
from understudy.personalize import PersonalizeOptions, create_services

STATE_DELAY_S = 0.1


def serve(port: int, folder: Path, log: Path, s3_url: str) -> None:
    """Be a process that serves Personalize."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(log.open("a", buffering=1)),
    )
    services = create_services(
        PersonalizeOptions(state_dir=folder, state_delay_s=STATE_DELAY_S),
        region="us-east-1",
        account_id="123456789012",
        s3=partial(
            get_session().create_client,
            "s3",
            "us-east-1",
            endpoint_url=s3_url,
            aws_access_key_id="any",
            aws_secret_access_key="any",
        ),
    )
    uvicorn.Server(server_config(create_app(services), port=port)).run()
