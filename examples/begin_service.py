"""Begins a service as a copy of `examples/service` under another name: `make service NAME=sms`."""

import re
import shutil
import sys
from pathlib import Path

TEMPLATE, NAME = Path(__file__).parent / "service", "notices"
NOT_COPIED = shutil.ignore_patterns("README.md", "__pycache__", "*.egg-info")


def begin(name: str, folder: Path) -> None:
    """Copy the template to `folder`; raise `ValueError` for a bad name, `FileExistsError` if it is there."""
    if not re.fullmatch(r"[a-z][a-z0-9]*", name):
        raise ValueError(
            f"not a service's name: {name!r}; expected lower-case letters and digits, such as sms"
        )
    shutil.copytree(TEMPLATE, folder, ignore=NOT_COPIED)
    (folder / "src/fondly" / NAME).rename(folder / "src/fondly" / name)
    for file in (path for path in folder.rglob("*") if path.is_file()):
        text = file.read_text("utf-8").replace(NAME, name).replace(NAME.capitalize(), name.capitalize())
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    _, chosen, services = sys.argv
    try:
        begin(chosen, Path(services, chosen))
    except (ValueError, FileExistsError) as error:
        sys.exit(str(error))
