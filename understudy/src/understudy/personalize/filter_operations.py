"""Filters as resources, and as masks over a model's items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from understudy.personalize.data_operations import DataOperations
from understudy.personalize.errors import invalid_input, limit_exceeded
from understudy.personalize.filter_syntax import FilterError, Test, fields_of, parse_filter
from understudy.personalize.filtering import EVERY_EVENT, ItemFilter
from understudy.personalize.kinds import DATASET_GROUP, FILTER, Arns
from understudy.personalize.matching import ORDERED, is_number
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import Table
from understudy.personalize.trained import PersonalModel
from understudy.wire.service import Handler, Params

_SCHEMA_OF = {"ITEMS": "Items", "INTERACTIONS": "Interactions", "CURRENTUSER": "Users"}
_READABLE = {"ITEMS", "INTERACTIONS"}


def check_filter(expression: str, schemas: Mapping[str, Schema]) -> None:
    """Raise FilterError unless `expression` is valid and its fields are in `schemas`."""
    for clause in parse_filter(expression):
        for group in clause.where:
            for test in group:
                _check_dataset(test)
        for test in clause.tests():
            _check_test(test, schemas)


def _check_dataset(test: Test) -> None:
    if test.dataset.upper() not in _READABLE:
        raise FilterError(f"Invalid Expression: {test.dataset}.{test.field} does not exist for ITEMID.")


def _check_test(test: Test, schemas: Mapping[str, Schema]) -> None:
    dataset = test.dataset.upper()
    field = _field(test.dataset, test.field, schemas.get(_SCHEMA_OF.get(dataset, "")))
    if dataset == "INTERACTIONS" and test.field != "EVENT_TYPE":
        raise FilterError(f"Invalid Expression: {test.dataset}.{test.field} cannot be filtered on.")
    if field.type == "string" and test.operator in ORDERED:
        raise FilterError(f"Invalid Expression: {test.dataset}.{test.field} is a string and has no order.")
    for value in test.values:
        if isinstance(value, str):
            _check_text(test, field, value)


def _check_text(test: Test, field: Field, value: str) -> None:
    """Require a number in quotes for a field of numbers, and `"*"` for types of events only."""
    name = f"{test.dataset}.{test.field}"
    if value == EVERY_EVENT and test.dataset.upper() != "INTERACTIONS":
        raise FilterError(f'Invalid Expression: "{value}" is for Interactions.EVENT_TYPE, not for {name}.')
    if field.type != "string" and not is_number(value):
        raise FilterError(f'Invalid Expression: {name} is a number, and "{value}" is none.')


def _field(dataset: str, name: str, schema: Schema | None) -> Field:
    """Return a field that can be filtered on."""
    found = next((field for field in schema.fields if field.name == name), None) if schema else None
    if found is None:
        raise FilterError(f"Invalid Expression: {dataset}.{name} does not exist.")
    if found.type == "boolean" or found.textual:
        raise FilterError(f"Invalid Expression: {dataset}.{name} is boolean or textual.")
    return found


_MOST_FIELDS = 10
"""How many fields all filters of a group may read."""

_MOST_BOUND = 3
"""To how many models and states of the data a filter is bound at once."""

_State = tuple[PersonalModel, Mapping[str, Table]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOperations:
    """Creates filters and makes them usable."""

    arns: Arns
    registry: Registry
    data: DataOperations
    _bound: WeakKeyDictionary[Resource, list[tuple[_State, ItemFilter]]] = field(
        default_factory=WeakKeyDictionary
    )

    def operations(self) -> Mapping[str, Handler]:
        """Return the Create operation of filters."""
        return {"CreateFilter": self.create_filter}

    async def create_filter(self, params: Params) -> Params:
        """Answer CreateFilter for an expression whose fields exist."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        try:
            check_filter(params["filterExpression"], self.data.schemas(group.arn))
        except FilterError as error:
            raise invalid_input(f"Could not create filter. {error}") from error
        self._check_fields(group.arn, params["filterExpression"])
        arn = self.arns.named("filter", params["name"])
        self.registry.create(FILTER, arn, dict(params), links=(group.arn,))
        return {"filterArn": arn}

    def require(self, params: Params, version: Resource) -> None:
        """Raise ServiceError unless `params` name no filter, or an active one of the version's group."""
        if "filterArn" not in params:
            return
        found = self.registry.get_active(FILTER, params["filterArn"])
        if found.detail["datasetGroupArn"] != version.detail["datasetGroupArn"]:
            raise invalid_input(f"{found.arn} belongs to another dataset group.")

    async def bound(
        self, params: Params, model: PersonalModel, *, with_events: bool = True
    ) -> ItemFilter | None:
        """Return the filter that `params` name, bound to the current data; None when they name none.

        Events that were put one at a time may be left to whoever asks, since binding to new data takes time.
        """
        if "filterArn" not in params:
            return None
        found = self.registry.get_active(FILTER, params["filterArn"])
        snapshots = await self.data.snapshots(found.detail["datasetGroupArn"], with_events=with_events)
        state = (model, {name: each.table for name, each in snapshots.items()})
        known = self._bound.setdefault(found, [])
        for before, item_filter in known:
            if _same(before, state):
                return item_filter
        for_same_items = next((item_filter for (other, _), item_filter in known if other is model), None)
        bound = ItemFilter(found.detail["filterExpression"], snapshots, model.items, before=for_same_items)
        known.insert(0, (state, bound))
        del known[_MOST_BOUND:]
        return bound

    def _check_fields(self, group_arn: str, expression: str) -> None:
        """Require that all filters of the group read few fields together."""
        expressions = [
            each.detail["filterExpression"] for each in self.registry.find(FILTER, links=(group_arn,))
        ]
        read = set().union(*(fields_of(parse_filter(each)) for each in [*expressions, expression]))
        if len(read) > _MOST_FIELDS:
            raise limit_exceeded(f"The filters of a dataset group may use at most {_MOST_FIELDS} fields.")


def _same(known: _State, state: _State) -> bool:
    """Tell whether a filter was bound to the very same model and tables."""
    (model, tables), (other_model, others) = known, state
    return (
        model is other_model
        and tables.keys() == others.keys()
        and all(table is others[name] for name, table in tables.items())
    )
