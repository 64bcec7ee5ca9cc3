"""Models as files: what is read answers as what was written, and nothing in a file is executed."""

import json
from pathlib import Path

import numpy as np
import pytest
from personalize_world import SCHEMAS, objects

from understudy.personalize.csv_import import TableReader
from understudy.personalize.model_shelf import read_model, write_model
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import parse_schema
from understudy.personalize.trained import PersonalModel, Query
from understudy.personalize.training import train


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
def model(plan: TrainingPlan) -> PersonalModel:
    """Its model, trained once."""
    return train(plan)


def answers(model: PersonalModel) -> list[object]:
    """Return what a model says to users, known or not."""
    queries = [Query(user=user) for user in ("u1", "u7", "nobody")]
    return [(found.items, found.scores) for query in queries for found in model.answer([query], 9)]


def test_a_model_that_is_read_answers_as_before(model: PersonalModel, tmp_path: Path) -> None:
    """With its metrics, for everybody."""
    path = tmp_path / "model.npz"
    write_model(path, model)
    again = read_model(path)
    assert answers(again) == answers(model)
    assert dict(again.metrics) == pytest.approx(dict(model.metrics))
    assert list(tmp_path.iterdir()) == [path]


def test_forgotten_users_are_not_in_the_file(model: PersonalModel, tmp_path: Path) -> None:
    """Neither by name nor by what they did; who is not there was not known."""
    forgot = model.without({"u1", "u2", "stranger"})
    path = tmp_path / "model.npz"
    write_model(path, forgot)
    with np.load(path) as arrays:
        described = arrays["description"].tobytes().decode()
    assert '"u1"' not in described
    assert forgot is not model
    assert forgot.without({"u1", "stranger"}) is forgot
    assert answers(read_model(path)) == answers(forgot)


def test_a_file_that_is_cut_off_is_an_error(model: PersonalModel, tmp_path: Path) -> None:
    """Not another model."""
    path = tmp_path / "model.npz"
    write_model(path, model)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises((ValueError, OSError, KeyError)):
        read_model(path)


@pytest.mark.parametrize(
    "described",
    [
        {"class": "Popen", "fields": {}},
        {"class": "Items", "fields": {"ids": {"array": "absent"}}},
        {"class": "Items", "fields": {"unknown": {"json": 1}}},
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
