import sys
from collections.abc import Sequence

import numpy as np
import pytest
from structlog.testing import capture_logs

from understudy.engines.recommend import reranking
from understudy.engines.recommend.examples import Examples, gains
from understudy.engines.recommend.reranking import learned

OFFERED = 20


def taken_by(seed: int, *, retrieval: float = 0.0, pattern: float = 0.0, users: int = 600) -> Examples:
    """Return examples of users who go by retrieval's score, by a pattern that it misses, and by chance."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(users, OFFERED, 3)).astype(np.float32)
    rows = np.take_along_axis(rows, np.argsort(-rows[:, :, :1], axis=1), axis=1)
    liking = retrieval * rows[:, :, 0] + pattern * rows[:, :, 1] + random.gumbel(size=(users, OFFERED))
    taken = np.arange(OFFERED) == liking.argmax(axis=1)[:, None]
    names = ("score", "pattern", "noise")
    return Examples(names, rows.reshape(-1, 3), taken.ravel(), np.full(users, OFFERED))


def test_a_pattern_that_retrieval_misses_is_learned() -> None:
    """Users who were neither learned from nor checked are ordered better."""
    ranker = learned(taken_by(1, pattern=2.0), taken_by(2, pattern=2.0))

    new = taken_by(3, pattern=2.0)

    assert ranker is not None
    retrieved = gains(new.places(new.rows[:, 0])).mean()
    assert gains(new.places(ranker.scores(new.rows))).mean() > retrieved + 0.2


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("retrieval", [0.0, 1.5])
def test_without_a_pattern_the_order_of_retrieval_stays(seed: int, retrieval: float) -> None:
    """Whether retrieval is right or as good as chance, noise does not replace it."""
    examples, check = (taken_by(each, retrieval=retrieval) for each in (seed, 100 + seed))

    assert learned(examples, check) is None


@pytest.mark.parametrize(("users", "checked"), [(499, 600), (600, 499), (0, 600), (600, 0)])
def test_too_few_users_are_not_learned_from(users: int, checked: int) -> None:
    """Five hundred are needed to learn from, and as many to check with."""
    examples, check = taken_by(1, pattern=2.0, users=users), taken_by(2, pattern=2.0, users=checked)

    assert learned(examples, check) is None


def test_the_number_of_threads_changes_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same examples give the same scores, twice and on any machine of a kind."""
    monkeypatch.setattr(reranking, "_MOST_TREES", 4)
    examples, check = taken_by(1, pattern=2.0), taken_by(2, pattern=2.0)
    scores = []
    for threads in (1, 1, 2):
        monkeypatch.setattr(reranking, "_threads", lambda _, threads=threads: threads)
        ranker = learned(examples, check)
        assert ranker is not None
        scores.append(ranker.scores(check.rows).tolist())

    assert scores[0] == scores[1] == scores[2]


def test_few_rows_take_one_thread_and_many_take_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small shops do not spend their time with threads that wait for each other."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)

    assert [reranking._threads(rows) for rows in (0, 999_999, 1_000_000, 10**8)] == [1, 1, 2, 2]


class Uninstalled:
    """An importer that finds lightgbm, but not the system library that it needs."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: object = None) -> None:
        """Fail as the loader of shared objects does."""
        if name == "lightgbm":
            raise OSError("libgomp.so.1: cannot open shared object file: No such file or directory")


def test_without_its_system_library_retrieval_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training goes on, and a warning names what to install."""
    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Uninstalled(), *sys.meta_path])

    with capture_logs() as logs:
        ranker = learned(taken_by(1, pattern=2.0), taken_by(2, pattern=2.0))

    assert ranker is None
    [warning] = logs
    assert (warning["event"], warning["log_level"]) == ("reranking_unavailable", "warning")
    assert "libgomp.so.1" in warning["reason"]
    assert warning["remedy"] == "install libgomp1"
