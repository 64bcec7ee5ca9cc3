"""Makes the transactions of an emulator quick and safe whose DynamoDB is moto: run inside its process.

For each item of a transaction moto copies the item's table deeply, so that it can go back: twenty-five items
and a table of a thousand take seconds, and longer with every run. It is enough to remember which items there
were, since puts replace items and our transactions only put. Going back, moto also takes back what others
have written meanwhile, such as an answer that was paid for; so one writes at a time.
"""

import copy
import functools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import ParamSpec, TypeVar

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

WRITES = ("put_item", "update_item", "delete_item", "transact_write_items")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
writing = threading.RLock()


def remembered(value: object) -> object:
    """Return a copy to go back to: of a table the items themselves are shared."""
    if not isinstance(value, Table):
        return copy.deepcopy(value)
    table = copy.copy(value)
    table.items = copy.copy(value.items)
    if table.range_key_attr:
        table.items.update({key: dict(items) for key, items in value.items.items()})
    return table


def alone(write: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let one write happen at a time."""

    @functools.wraps(write)
    def written(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        with writing:
            return write(*arguments, **named)

    return written


vars(models)["copy"] = SimpleNamespace(copy=copy.copy, deepcopy=remembered)
for name in WRITES:
    setattr(DynamoDBBackend, name, alone(getattr(DynamoDBBackend, name)))
