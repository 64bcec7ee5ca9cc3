"""Object keys of the files exchanged with Personalize: one of each kind a bundle, by its first part."""

from fondly.contracts import object_keys

INTERACTIONS, ITEMS, USERS = "interactions/", "items/", "users/"
BATCH_INPUT, BATCH_OUTPUT = "input/", "output/"
EVERYBODY, WITNESSES = "part", "witnesses"
CSV_TYPE = "text/csv; charset=utf-8"
LINES_TYPE = "application/x-ndjson"


def rows(run_id: str, folder: str, first: int, number: int | None = None) -> str:
    """A bundle's customers or their interactions, or by `number` those of `learned_keys.others`."""
    name = f"part-{first:05}" if number is None else f"others-{first:05}-{number:05}"
    return object_keys.personalize(run_id, f"{folder}{name}.csv")


def items(run_id: str) -> str:
    """The catalogue."""
    return object_keys.personalize(run_id, f"{ITEMS}items.csv")


def batch_input(run_id: str, first: int, who: str = EVERYBODY) -> str:
    """The customers of a bundle to recommend to: those who are witnesses, or everybody else."""
    return object_keys.personalize(run_id, f"{BATCH_INPUT}{who}-{first:05}.json")


def batch_output(run_id: str, first: int, who: str = EVERYBODY) -> str:
    """Their results; Personalize adds `.out` to the name of the input."""
    return object_keys.personalize(run_id, f"{BATCH_OUTPUT}{who}-{first:05}.json.out")
