"""The inputs of a training, as they are at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from understudy.personalize.event_rules import EventRules
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import Numbers, Table, Texts
from understudy.personalize.training_columns import unused_columns
from understudy.wire.service import Params


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
