"""Places on S3, and the clients that reach them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from types_aiobotocore_s3 import S3Client

    S3ClientFactory = Callable[[], AbstractAsyncContextManager[S3Client]]


@dataclass(frozen=True, slots=True)
class Location:
    """An object or a folder on S3; a key that is empty or ends in a slash is a folder."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, path: str) -> Self:
        """Return the location of `s3://bucket/key`; raise ValueError for anything else."""
        scheme, _, rest = path.partition("://")
        bucket, slash, key = rest.partition("/")
        if scheme != "s3" or not bucket or not slash:
            raise ValueError(f"{path} is not of the form s3://bucket/key")
        return cls(bucket, key)

    @property
    def is_folder(self) -> bool:
        """Whether this names a folder."""
        return not self.key or self.key.endswith("/")

    def child(self, name: str) -> Self:
        """Return the object `name` in this folder."""
        folder = self.key if self.is_folder else f"{self.key}/"
        return type(self)(self.bucket, folder + name)
