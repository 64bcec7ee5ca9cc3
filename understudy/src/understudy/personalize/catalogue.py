"""The Items dataset in the form that the engine expects."""

from collections.abc import Iterator, Sequence

from understudy.engines.recommend import ItemContent
from understudy.personalize.plan import TrainingPlan


def item_content(plan: TrainingPlan, items: Sequence[str]) -> ItemContent:
    """Return the labels and words of `items`; an item without a record has neither.

    A categorical string is one label for each of its parts between `|`, a textual one provides the
    words. Plain strings are not used, as on AWS, nor are numbers, which AWS may use.
    """
    places = {item: place for place, item in enumerate(items)}
    labels: list[list[str]] = [[] for _ in items]
    texts = [""] * len(items)
    for field in plan.fields("Items"):
        if field.categorical:
            for item, value in _values(plan, field.name):
                labels[places[item]] += [f"{field.name}={part}" for part in value.split("|")]
        elif field.textual:
            for item, value in _values(plan, field.name):
                texts[places[item]] = f"{texts[places[item]]} {value}".lstrip()
    return ItemContent(labels=labels, texts=texts)


def _values(plan: TrainingPlan, name: str) -> Iterator[tuple[str, str]]:
    """Yield the items that have a value in the string column `name`, with that value."""
    ids, column = plan.texts("Items", "ITEM_ID"), plan.texts("Items", name)
    if ids is None or column is None:
        return
    for item, code in zip(ids.codes, column.codes, strict=True):
        if code >= 0:
            yield ids.values[item], column.values[code]
