"""The inputs of a training, as they are at one moment: tables, and the columns and events that count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from understudy.personalize.errors import invalid_input
from understudy.personalize.event_rules import EventRules
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import Numbers, Table, Texts
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


@dataclass(frozen=True, slots=True)
class DatasetSnapshot:
    """A dataset's records and their schema; `file` is where the store has them, empty in memory."""

    schema: Schema
    table: Table
    file: str = ""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Data by dataset type (`Interactions`, `Items`, `Users`), event rules, excluded columns."""

    datasets: Mapping[str, DatasetSnapshot]
    events: EventRules
    excluded: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, solution: Params, datasets: Mapping[str, DatasetSnapshot]) -> Self:
        """Return the plan by the configuration of a solution."""
        return cls(
            datasets=datasets,
            events=EventRules.of(solution),
            excluded={name: unused_columns(solution, each.schema) for name, each in datasets.items()},
        )

    def fields(self, dataset: str) -> list[Field]:
        """Return the fields of `dataset` to train on; none when it has no data."""
        if dataset not in self.datasets:
            return []
        excluded = self.excluded.get(dataset, frozenset())
        fields = self.datasets[dataset].schema.fields
        return [field for field in fields if field.name not in excluded]

    def texts(self, dataset: str, name: str) -> Texts | None:
        """Return a string column to train on, None when there is none."""
        return self.datasets[dataset].table.texts(name) if self._uses(dataset, name) else None

    def numbers(self, dataset: str, name: str) -> Numbers | None:
        """Return a number column to train on, None when there is none."""
        return self.datasets[dataset].table.numbers(name) if self._uses(dataset, name) else None

    def _uses(self, dataset: str, name: str) -> bool:
        return any(field.name == name for field in self.fields(dataset))
