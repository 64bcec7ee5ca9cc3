"""Models as files: what is read answers as what was written, and nothing in a file is executed."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tools.understudy.tests.personalize_world import SCHEMAS, objects
from understudy.personalize import recipes
from understudy.personalize.csv_import import TableReader
from understudy.personalize.model_files import read_model, write_model
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import parse_schema
from understudy.personalize.trained import ItemModel, Query
from understudy.personalize.training import train

RECIPES = (
    recipes.USER_PERSONALIZATION_V2,
    recipes.PERSONALIZED_RANKING_V2,
    recipes.SIMILAR_ITEMS,
    recipes.POPULARITY_COUNT,
)
Made = Callable[[str], ItemModel]


@pytest.fixture(scope="module")
def plan() -> TrainingPlan:
    """The shop of which tests know what it should recommend."""
    datasets = {}
    for name in ("Interactions", "Items"):
        schema = parse_schema(SCHEMAS[name])
        reader = TableReader(schema)
        reader.read(objects()[f"{name.lower()}.csv"].splitlines(keepends=True))
        datasets[name] = DatasetSnapshot(schema, reader.table())
    return TrainingPlan.of({}, datasets)


@pytest.fixture(scope="module")
def made(plan: TrainingPlan) -> Made:
    """A way to have the model of a recipe, trained once."""
    known: dict[str, ItemModel] = {}

    def model(recipe: str) -> ItemModel:
        if recipe not in known:
            known[recipe] = train(plan, recipe)
        return known[recipe]

    return model


def answers(model: ItemModel) -> list[object]:
    """Return what a model says, whatever it is asked."""
    queries = [
        Query(user=user, item=item) for user, item in (("u1", "i1"), ("u7", "i8"), ("nobody", "nothing"))
    ]
    return [(found.items, found.scores) for query in queries for found in model.answer([query], 9)]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_model_that_is_read_answers_as_before(made: Made, tmp_path: Path, recipe: str) -> None:
    """With its metrics, for everybody and everything."""
    model, path = made(recipe), tmp_path / "model.npz"
    write_model(path, model)
    again = read_model(path)
    assert type(again) is type(model)
    assert answers(again) == answers(model)
    assert dict(again.metrics) == pytest.approx(dict(model.metrics))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("recipe", RECIPES)
def test_forgotten_users_are_not_in_the_file(made: Made, tmp_path: Path, recipe: str) -> None:
    """Neither by name nor by what they did; who is not there was not known."""
    model = made(recipe)
    forgot = model.without({"u1", "u2", "stranger"})
    path = tmp_path / "model.npz"
    write_model(path, forgot)
    with np.load(path) as arrays:
        described = arrays["description"].tobytes().decode()
    assert '"u1"' not in described
    knows_users = recipe not in {
        recipes.SIMILAR_ITEMS,
        recipes.POPULARITY_COUNT,
    }
    assert (forgot is not model) == knows_users
    assert forgot.without({"u1", "stranger"}) is forgot
    assert answers(read_model(path)) == answers(forgot)


def test_a_file_that_is_cut_off_is_an_error(made: Made, tmp_path: Path) -> None:
    """Not another model."""
    path = tmp_path / "model.npz"
    write_model(path, made(recipes.POPULARITY_COUNT))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises((ValueError, OSError, KeyError)):
        read_model(path)


@pytest.mark.parametrize(
    "described",
    [
        {"class": "Popen", "fields": {}},
        {"class": "PopularItems", "fields": {"order": {"array": "absent"}}},
        {"class": "PopularItems", "fields": {"unknown": {"json": 1}}},
        {"something": "else"},
    ],
)
def test_only_known_classes_are_made(tmp_path: Path, described: object) -> None:
    """Of a file that names anything else, nothing is made."""
    path = tmp_path / "model.npz"
    content = np.frombuffer(json.dumps(described).encode(), np.uint8)
    np.savez(path, allow_pickle=False, description=content)
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_model(path)


def test_pickled_objects_are_not_read(tmp_path: Path) -> None:
    """They could be programs."""
    path = tmp_path / "model.npz"
    np.savez(path, description=np.array([{"json": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        read_model(path)
