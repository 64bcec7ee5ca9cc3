"""The folder in which what services have outlives the process."""

from pathlib import Path

from understudy import bedrock, comprehend, job_store, personalize
from understudy.database import FolderInUseError, StateError

__all__ = ["FolderInUseError", "StateError", "check_state"]


def check_state(folder: Path, *, lock_timeout_s: float) -> None:
    """Raise StateError if there is state of a service in a folder, and it cannot be used.

    It is a FolderInUseError if another process keeps the folder for so long.
    """
    personalize.check_folder(folder / personalize.FOLDER, lock_timeout_s=lock_timeout_s)
    for name in (comprehend.FOLDER, bedrock.FOLDER):
        job_store.check_folder(folder / name, lock_timeout_s=lock_timeout_s)
