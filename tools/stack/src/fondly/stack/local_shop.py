"""A shop's file for a local stack: its variables are set while the services start."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from fondly.operations.local_stack import exported
from fondly.operations.shop.loading import CONFIG, UNSUBSCRIBE_KEY, UNSUBSCRIBE_URL, Shop, require_theme
from fondly.operations.shop.rendering import TRIAL, VARIABLES

OF_THE_DATA = frozenset(
    {
        "FONDLY_INGEST_CURRENCY",
        "FONDLY_INGEST_LOCALE",
        "FONDLY_INGEST_TIME_ZONE",
        "FONDLY_INGEST_COLUMNS",
        "FONDLY_SENTIMENT_LANGUAGE",
        "FONDLY_INGEST_LINK_HOSTS",
        "FONDLY_MAILER_LINK_HOSTS",
        "FONDLY_MAILER_IMAGE_HOSTS",
    }
)
"""What only holds for the shop's own data: the made-up shop has its own currency, columns and hosts."""

Stack = TypeVar("Stack")


def stack_variables(
    shop: Shop, environment: Mapping[str, str] | None = None, *, made_up_data: bool = False
) -> dict[str, str]:
    """Return a local stack's variables, with a made-up key; raise `InvalidFileError` for a bad theme."""
    environment = os.environ if environment is None else environment
    variables = {
        name: value for name, value in shop.variables.items() if not (made_up_data and name in OF_THE_DATA)
    }
    if made_up_data or not shop.file:
        variables |= TRIAL
    if UNSUBSCRIBE_URL in variables:
        variables[UNSUBSCRIBE_KEY] = token_hex()
    if shop.file:
        require_theme(shop.file)
        variables[CONFIG] = str(shop.file.absolute())
    explicit = {name: environment[name] for name in (*VARIABLES, UNSUBSCRIBE_KEY) if environment.get(name)}
    return variables | explicit


def with_shop(
    open_stack: Callable[[Path], AbstractContextManager[Stack]], shop: Shop, *, made_up_data: bool = False
) -> Callable[[Path], AbstractContextManager[Stack]]:
    """Return an opener whose stack has this shop's settings. Raises as `stack_variables` does."""
    variables = stack_variables(shop, made_up_data=made_up_data)

    @contextmanager
    def opened(log_dir: Path) -> Iterator[Stack]:
        with exported(variables), open_stack(log_dir) as stack:
            yield stack

    return opened
