"""The shop's file for a demo: checked before anything starts, stored before anything is uploaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from fondly.contracts import object_keys
from fondly.recommender.domain.shop.merchandising import read_shop_rules
from fondly.runtime.yaml_files import InvalidFileError
from fondly.stack.demo import DemoFailedError, OpenStack
from fondly.stack.embedded import Stack


def with_merchandising(open_stack: OpenStack, file: Path) -> OpenStack:
    """Return an opener whose stack has this file as the shop's; raise `DemoFailedError` with its problems."""
    body = file.read_bytes()
    try:
        read_shop_rules(body, file=str(file))
    except InvalidFileError as error:
        raise DemoFailedError(str(error)) from error

    @contextmanager
    def opened(log_dir: Path) -> Iterator[Stack]:
        with open_stack(log_dir) as stack:
            boto3.client("s3").put_object(
                Bucket=stack.resources.buckets["data"], Key=object_keys.MERCHANDISING, Body=body
            )
            yield stack

    return opened
