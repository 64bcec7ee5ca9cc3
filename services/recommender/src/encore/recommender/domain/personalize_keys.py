"""Object keys of the files exchanged with Personalize.

There is one of each kind for a bundle of parts, named by its first part: none grows with the run.
"""

from encore.contracts import object_keys

INTERACTIONS, ITEMS, USERS = "interactions/", "items/", "users/"
BATCH_INPUT, BATCH_OUTPUT = "input/", "output/"
CSV_TYPE = "text/csv; charset=utf-8"
LINES_TYPE = "application/x-ndjson"


def interactions(run_id: str, first: int) -> str:
    """All interactions of a bundle's customers."""
    return object_keys.personalize(run_id, f"{INTERACTIONS}part-{first:05}.csv")


def other_interactions(run_id: str, first: int, number: int) -> str:
    """The interactions of customers whom the run's file does not have: as many as `learned_keys.others`."""
    return object_keys.personalize(run_id, f"{INTERACTIONS}others-{first:05}-{number:05}.csv")


def users(run_id: str, first: int) -> str:
    """A bundle's customers."""
    return object_keys.personalize(run_id, f"{USERS}part-{first:05}.csv")


def other_users(run_id: str, first: int, number: int) -> str:
    """Customers whom the run's file does not have: as many as `learned_keys.others`."""
    return object_keys.personalize(run_id, f"{USERS}others-{first:05}-{number:05}.csv")


def items(run_id: str) -> str:
    """The catalogue."""
    return object_keys.personalize(run_id, f"{ITEMS}items.csv")


def batch_input(run_id: str, first: int) -> str:
    """The customers of a bundle to recommend to."""
    return object_keys.personalize(run_id, f"{BATCH_INPUT}part-{first:05}.json")


def batch_output(run_id: str, first: int) -> str:
    """A bundle's results; Personalize adds `.out` to the name of the input."""
    return object_keys.personalize(run_id, f"{BATCH_OUTPUT}part-{first:05}.json.out")
