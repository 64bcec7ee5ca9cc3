"""Object keys of the files exchanged with Personalize.

There is one of each kind for a bundle of parts, named by its first part: none grows with the run. What is
whole replaces all that Personalize has; what is new is added to it.
"""

from encore.contracts import object_keys

INTERACTIONS, NEW_INTERACTIONS = "interactions/", "new-interactions/"
ITEMS = "items/"
USERS, NEW_USERS = "users/", "new-users/"
BATCH_INPUT = "input/"
BATCH_OUTPUT = "output/"
CSV_TYPE = "text/csv; charset=utf-8"
LINES_TYPE = "application/x-ndjson"


def folder(run_id: str, name: str) -> str:
    """The key of a folder."""
    return object_keys.personalize(run_id, name)


def interactions(run_id: str, first: int) -> str:
    """All interactions of a bundle's customers."""
    return object_keys.personalize(run_id, f"{INTERACTIONS}part-{first:05}.csv")


def other_interactions(run_id: str, first: int) -> str:
    """The interactions of a share of the customers whom the run's file does not have."""
    return object_keys.personalize(run_id, f"{INTERACTIONS}others-{first:05}.csv")


def new_interactions(run_id: str, first: int) -> str:
    """Those of a bundle's interactions that no earlier run had."""
    return object_keys.personalize(run_id, f"{NEW_INTERACTIONS}part-{first:05}.csv")


def users(run_id: str, first: int) -> str:
    """A bundle's customers."""
    return object_keys.personalize(run_id, f"{USERS}part-{first:05}.csv")


def other_users(run_id: str, first: int) -> str:
    """A share of the customers whom the run's file does not have."""
    return object_keys.personalize(run_id, f"{USERS}others-{first:05}.csv")


def new_users(run_id: str, first: int) -> str:
    """Those of a bundle's customers who are new, or of whom something else is known than before."""
    return object_keys.personalize(run_id, f"{NEW_USERS}part-{first:05}.csv")


def items(run_id: str) -> str:
    """The catalogue."""
    return object_keys.personalize(run_id, f"{ITEMS}items.csv")


def batch_input(run_id: str, first: int) -> str:
    """The customers of a bundle to recommend to."""
    return object_keys.personalize(run_id, f"{BATCH_INPUT}part-{first:05}.json")


def batch_output(run_id: str, first: int) -> str:
    """A bundle's results; Personalize adds `.out` to the name of the input."""
    return object_keys.personalize(run_id, f"{BATCH_OUTPUT}part-{first:05}.json.out")
