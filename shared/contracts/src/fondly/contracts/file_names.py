"""File names for ids of any length and script, the same in the bucket and on every file system."""

import re
from hashlib import sha256

_SIMPLE = re.compile(r"[A-Z0-9]+([_-][A-Z0-9]+)*")
_MAX_SIMPLE_CHARS = 64
_RESERVED = re.compile(r"CON|PRN|AUX|NUL|COM\d|LPT\d")
"""Names of devices, which Windows gives to no file, whatever its extension.

Source: "Naming Files, Paths, and Namespaces", Windows App Development, Microsoft."""
_PREFIX_CHARS = 40
_DIGEST_CHARS = 32
_SEPARATOR = "--"
_NOT_PORTABLE = re.compile(r"[^A-Za-z0-9]+")


def file_name(identifier: str) -> str:
    """Return a file name without extension, at most 74 bytes of ASCII letters, digits, `_` and `-`.

    An id such as `AE3XYZ` or `C-1001` is its own name: capitals and digits, joined by single hyphens or
    underscores. Any other is named by what is readable of it and 128 bits of its SHA-256, such as
    `ae3xyz--6921c941ceb642c06c17bc8f5a5075ea`. Different ids have different names, also where case does not
    count: no id that is its own name has a small letter or two hyphens in a row.
    """
    if _is_simple(identifier):
        return identifier
    digest = sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]
    readable = _NOT_PORTABLE.sub("-", identifier).strip("-")[:_PREFIX_CHARS].rstrip("-")
    return f"{readable or 'id'}{_SEPARATOR}{digest}"


def _is_simple(identifier: str) -> bool:
    return (
        len(identifier) <= _MAX_SIMPLE_CHARS
        and _SIMPLE.fullmatch(identifier) is not None
        and _RESERVED.fullmatch(identifier) is None
    )
