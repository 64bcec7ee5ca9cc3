"""Where the sample's pictures are: an address that holds for every stack on this machine.

The address is part of the sample file, so it is fixed: a file that named a free port would be another file,
and another run, each time.
"""

import re

from fondly.operations.check.link_hosts import HOST

BASE_URL = f"http://{HOST}/pictures/"
_ADDRESS = re.compile(re.escape(BASE_URL) + r"([a-z_]+-[a-z-]+\.png)")


def picture_name(kind: str, colour: str) -> str:
    """Return the file name of a kind of product in a colour, such as `kettle-bottle-green.png`."""
    return f"{kind}-{'-'.join(re.findall('[a-z]+', colour.lower()))}.png"


def picture_url(kind: str, colour: str) -> str:
    """Return the address at which every local stack serves that picture."""
    return BASE_URL + picture_name(kind, colour)


def names_in(html: str) -> set[str]:
    """Return the file names of the pictures that an email shows."""
    return set(_ADDRESS.findall(html))
