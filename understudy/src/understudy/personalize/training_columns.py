"""Which columns a solution trains on: `trainingDataConfig` names those to use, or those to leave out."""

from collections.abc import Iterable, Mapping

from understudy.personalize.errors import invalid_input
from understudy.personalize.schemas import Schema
from understudy.wire.service import Params

EXCLUDED, INCLUDED = "excludedDatasetColumns", "includedDatasetColumns"
DATASET_NAMES = {"INTERACTIONS": "Interactions", "ITEMS": "Items", "USERS": "Users"}
"""The name of the schema of each type of dataset."""


def unused_columns(solution: Params, schema: Schema) -> frozenset[str]:
    """Return the columns of `schema` that the solution leaves out; those that are required never are."""
    included, excluded = (_named(solution, key).get(schema.name) for key in (INCLUDED, EXCLUDED))
    left_out = frozenset() if included is None else schema.columns - included
    return (left_out | (excluded or frozenset())) - schema.required


def check_columns(solution: Params, schemas: Iterable[Schema]) -> None:
    """Require names of columns that the datasets have and that may be left out; raise an input error."""
    by_name = {schema.name: schema for schema in schemas}
    for key in (INCLUDED, EXCLUDED):
        unknown = sorted(name for name in _given(solution, key) if name.upper() not in DATASET_NAMES)
        if unknown:
            raise invalid_input(f"{key} names unknown datasets: {unknown}.")
        for dataset, columns in _named(solution, key).items():
            _check(key, dataset, columns, by_name.get(dataset))


def _check(key: str, dataset: str, columns: frozenset[str], schema: Schema | None) -> None:
    if schema is None:
        raise invalid_input(f"{key} names the {dataset} dataset, which the dataset group does not have.")
    unknown = sorted(columns - schema.columns)
    if unknown:
        raise invalid_input(f"{key} names columns that are not in the schema of {dataset}: {unknown}.")
    needed = sorted(columns & schema.required)
    if key == EXCLUDED and needed:
        raise invalid_input(f"{key} names required columns of {dataset}: {needed}.")


def _named(solution: Params, key: str) -> dict[str, frozenset[str]]:
    """Columns by the name of the schema: the request may write the type of a dataset in any case."""
    return {
        DATASET_NAMES[name.upper()]: frozenset(columns) for name, columns in _given(solution, key).items()
    }


def _given(solution: Params, key: str) -> Mapping[str, list[str]]:
    given: Mapping[str, list[str]] = (
        solution.get("solutionConfig", {}).get("trainingDataConfig", {}).get(key, {})
    )
    return given
