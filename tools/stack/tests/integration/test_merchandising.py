from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import boto3
import pytest

from fondly.contracts import object_keys
from fondly.contracts.errors import InvalidFileError
from fondly.stack.demo import with_merchandising
from fondly.stack.embedded import Stack
from fondly.stack.provision import Resources


def no_stack(log_dir: Path) -> AbstractContextManager[Stack]:
    """A stack that must not be opened."""
    raise AssertionError(log_dir)


def test_the_shops_file_is_stored_before_the_demo_uploads_anything(
    resources: Resources, tmp_path: Path
) -> None:
    """The recommender finds it when the run begins."""
    file = tmp_path / "mine.yaml"
    file.write_bytes(b"pin: [B08]\n")

    @contextmanager
    def open_stack(log_dir: Path) -> Iterator[Stack]:
        assert log_dir == tmp_path
        yield Stack(resources, {})

    with with_merchandising(open_stack, file)(tmp_path):
        stored = boto3.client("s3").get_object(
            Bucket=resources.buckets["data"], Key=object_keys.MERCHANDISING
        )
        assert stored["Body"].read() == b"pin: [B08]\n"


def test_a_bad_file_of_the_shop_ends_the_demo_before_it_starts(tmp_path: Path) -> None:
    """The message is the one that a run would fail with, with the name of the file at hand."""
    file = tmp_path / "mine.yaml"
    file.write_bytes(b"pin: B08\nexlude: {}\n")
    with pytest.raises(InvalidFileError) as raised:
        with_merchandising(no_stack, file)
    assert str(raised.value).startswith(f"{file}: line 1: pin: found 'B08', expected a list")
    assert "line 2: exlude: found the unknown key 'exlude'; the nearest is exclude" in str(raised.value)
