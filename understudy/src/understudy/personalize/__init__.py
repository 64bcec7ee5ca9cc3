"""A stand-in for Amazon Personalize that really imports, trains and recommends.

Resources, data and models are in memory, or in a folder where they outlive the process.
"""

from understudy.personalize.service import FOLDER, PersonalizeOptions, create_services
from understudy.personalize.store import check_folder

__all__ = ["FOLDER", "PersonalizeOptions", "check_folder", "create_services"]
