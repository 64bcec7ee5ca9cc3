"""The addresses that get a sample's emails instead of customers."""

import re
from pathlib import Path

from fondly.mailer.domain.message.addresses import header_address
from fondly.operations.errors import OperationError

MOST_SEEDS = 50
_BETWEEN = re.compile(r"[,;\s]+")


def read_seeds(text: str) -> tuple[str, ...]:
    """Return the addresses of a list, or of the file that it names, each once; raise `OperationError`.

    They are parted by commas or line ends; what follows a `#` on a line of a file is a comment. A text with
    an `@` is a list, and no file's name.
    """
    listed = text if "@" in text else _lines(Path(text))
    found = tuple(dict.fromkeys(_address(each) for each in _BETWEEN.split(listed) if each))
    if not found:
        raise OperationError(
            f"--seeds {text} has no address, expected a@shop.example,b@shop.example or a file"
        )
    if len(found) > MOST_SEEDS:
        raise OperationError(f"--seeds has {len(found)} addresses, expected at most {MOST_SEEDS}")
    return found


def _lines(path: Path) -> str:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(f"--seeds {path}: not a list of addresses, nor a text file with one") from error
    return "\n".join(line.partition("#")[0] for line in lines)


def _address(text: str) -> str:
    try:
        return header_address(text)
    except ValueError as error:
        raise OperationError(f"--seeds: {text} is not an email address: {error}") from error
