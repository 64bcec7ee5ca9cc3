"""Where the pictures of made-up shops are: a file for each kind and colour, and their addresses.

An address is part of a shop's file and holds for every stack on this machine: a file that named a free port
would be another file, and another run, each time.
"""

import re
from functools import cache
from pathlib import Path

from fondly.operations.check.link_hosts import HOST

PUBLIC = Path(__file__).parent / "public"
"""What is served, by the paths of the addresses."""
FOLDER = PUBLIC / "pictures"
BASE_URL = f"http://{HOST}/pictures/"
_ADDRESS = re.compile(re.escape(BASE_URL) + r"([a-z_]+-[a-z-]+\.png)")


@cache
def picture_names() -> frozenset[str]:
    """Return the names of all pictures: kinds of products in the colours that made-up shops have."""
    return frozenset(path.name for path in FOLDER.glob("*.png"))


def names_in(html: str) -> set[str]:
    """Return the file names of the pictures that an email shows."""
    return set(_ADDRESS.findall(html))
