"""Environments in moto's memory: one is provisioned, each test has a copy of it under a name of its own."""

import io
import os
import pickle
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import count
from threading import Condition
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from moto import mock_aws
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from fondly.operations.topology import load_topology
from fondly.stack.provision import Resources, provision

if TYPE_CHECKING:
    from moto.sns.models import SNSBackend

REGION = "eu-west-1"
_numbers = count()


@contextmanager
def new_environment(server: str) -> Iterator[Resources]:
    """Everything in the topology, newly made, with the queues at `server`, which serves this process.

    It is removed afterwards: moto looks through all that it has, and fails if that changes meanwhile.
    """
    (first, made), name = _first(), _new_name()
    stored = made.replace(first.encode(), name.encode())  # of the same length, as pickle needs
    resources: Resources
    resources, contents = _Unpickler(io.BytesIO(stored)).load()
    for store, content in zip(_stores(), contents, strict=True):
        store.update(content)
    yield replace(
        resources,
        queue_urls=_served(resources.queue_urls, server),
        dead_letter_urls=_served(resources.dead_letter_urls, server),
    )
    for store in _stores():
        for key in [key for key in store if name in key]:
            del store[key]


def _new_name() -> str:
    return f"test{os.getpid():08}-{next(_numbers):06}"


@cache
def _first() -> tuple[str, bytes]:
    """The name of a provisioned environment, and what moto has of it, pickled.

    To provision takes some ninety requests, half a second of a processor.
    """
    name = _new_name()
    resources = mock_aws()(provision, reset=False, remove_data=False)(
        load_topology(), environment=name, region=REGION
    )
    contents = [{key: value for key, value in store.items() if name in key} for store in _stores()]
    pickled = io.BytesIO()
    _Pickler(pickled).dump((resources, contents))
    return name, pickled.getvalue()


def _topics() -> "SNSBackend":
    return get_backend("sns")[DEFAULT_ACCOUNT_ID][REGION]


def _stores() -> tuple[MutableMapping[str, Any], ...]:
    """Where moto keeps what is provisioned, by names and ARNs."""
    s3: Any = get_backend("s3")
    return (
        _topics().topics,
        _topics().subscriptions,
        get_backend("sqs")[DEFAULT_ACCOUNT_ID][REGION].queues,
        get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables,
        s3[DEFAULT_ACCOUNT_ID]["aws"].buckets,
        s3.bucket_accounts,
    )


class _Pickler(pickle.Pickler):
    """Leaves out what owns the topics, and has a new lock for each copy of a queue."""

    def persistent_id(self, obj: Any) -> str | None:  # noqa: ANN401 - as declared
        return "sns" if obj is _topics() else None

    def reducer_override(self, obj: Any) -> Any:  # noqa: ANN401 - as declared
        return (Condition, ()) if isinstance(obj, Condition) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> "SNSBackend":  # noqa: ANN401 - as declared
        assert pid == "sns"
        return _topics()


def _served(urls: Mapping[str, str], server: str) -> dict[str, str]:
    """Return the URLs of queues as the server has them."""
    return {name: server + urlsplit(url).path for name, url in urls.items()}
