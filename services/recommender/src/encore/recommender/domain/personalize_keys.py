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
RELATED_INPUT, RELATED_OUTPUT = "related-input/", "related-output/"
PINS_INPUT, PINS_OUTPUT = "pins-input/", "pins-output/"
CSV_TYPE = "text/csv; charset=utf-8"
LINES_TYPE = "application/x-ndjson"


def folder(run_id: str, name: str) -> str:
    """The key of a folder."""
    return object_keys.personalize(run_id, name)


def interactions(run_id: str, first: int) -> str:
    """All interactions of a bundle's customers."""
    return object_keys.personalize(run_id, f"{INTERACTIONS}part-{first:05}.csv")


def other_interactions(run_id: str, first: int, number: int) -> str:
    """The interactions of customers whom the run's file does not have: as many as `learned_keys.others`."""
    return object_keys.personalize(run_id, f"{INTERACTIONS}others-{first:05}-{number:05}.csv")


def new_interactions(run_id: str, first: int) -> str:
    """Those of a bundle's interactions that no earlier run had."""
    return object_keys.personalize(run_id, f"{NEW_INTERACTIONS}part-{first:05}.csv")


def users(run_id: str, first: int) -> str:
    """A bundle's customers."""
    return object_keys.personalize(run_id, f"{USERS}part-{first:05}.csv")


def other_users(run_id: str, first: int, number: int) -> str:
    """Customers whom the run's file does not have: as many as `learned_keys.others`."""
    return object_keys.personalize(run_id, f"{USERS}others-{first:05}-{number:05}.csv")


def new_users(run_id: str, first: int) -> str:
    """Those of a bundle's customers who are new, or of whom something else is known than before."""
    return object_keys.personalize(run_id, f"{NEW_USERS}part-{first:05}.csv")


def items(run_id: str) -> str:
    """The catalogue."""
    return object_keys.personalize(run_id, f"{ITEMS}items.csv")


def batch_input(run_id: str, first: int) -> str:
    """The customers of a bundle to recommend to."""
    return object_keys.personalize(run_id, f"{BATCH_INPUT}part-{first:05}.json")


def product_input(run_id: str, number: int) -> str:
    """Products to ask about, of the whole run."""
    return object_keys.personalize(run_id, f"{BATCH_INPUT}products-{number:05}.json")


def product_output(run_id: str, number: int) -> str:
    """What goes with each of them."""
    return object_keys.personalize(run_id, f"{BATCH_OUTPUT}products-{number:05}.json.out")


def asked(run_id: str, first: int, number: int) -> str:
    """What a campaign has answered about some of a bundle's customers, until it has about all."""
    return object_keys.personalize(run_id, f"asked/part-{first:05}-{number:05}.json")


def batch_output(run_id: str, first: int) -> str:
    """A bundle's results; Personalize adds `.out` to the name of the input."""
    return object_keys.personalize(run_id, f"{BATCH_OUTPUT}part-{first:05}.json.out")


def related_input(run_id: str, number: int) -> str:
    """Products to ask related items of, of the whole run."""
    return object_keys.personalize(run_id, f"{RELATED_INPUT}products-{number:05}.json")


def related_output(run_id: str, number: int) -> str:
    """What is related to each of them."""
    return object_keys.personalize(run_id, f"{RELATED_OUTPUT}products-{number:05}.json.out")


def pins_input(run_id: str, first: int) -> str:
    """The customers of a bundle to rank the shop's pinned products for."""
    return object_keys.personalize(run_id, f"{PINS_INPUT}part-{first:05}.json")


def pins_output(run_id: str, first: int) -> str:
    """The order of the pinned products of each of them."""
    return object_keys.personalize(run_id, f"{PINS_OUTPUT}part-{first:05}.json.out")
