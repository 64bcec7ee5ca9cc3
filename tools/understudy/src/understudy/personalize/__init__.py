"""A stand-in for Amazon Personalize that really imports, trains and recommends.

Resources, data and models are in memory, or in a folder where they outlive the process.
"""

from pathlib import Path

from understudy.personalize.database import FolderInUseError, StateError
from understudy.personalize.options import PersonalizeOptions
from understudy.personalize.service import FOLDER, create_services
from understudy.personalize.store import check_folder

__all__ = ["FolderInUseError", "PersonalizeOptions", "StateError", "check_state", "create_services"]


def check_state(folder: Path, *, lock_timeout_s: float) -> None:
    """Raise StateError if there is state of Personalize in a folder, and it cannot be used.

    It is a FolderInUseError if another process keeps the folder for so long.
    """
    check_folder(folder / FOLDER, lock_timeout_s=lock_timeout_s)
