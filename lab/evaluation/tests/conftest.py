"""The command line, and an environment for it, as the tests of the command have them."""

import pytest

from lab.evaluation.tests.copy_cases import accept_all
from tools.cli.tests.conftest import (  # noqa: F401 - fixtures
    environment,
    fondly,
    in_ledger,
    no_local_stack,
    run_fondly,
)


@pytest.fixture
def lenient_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that accepts every text, so that the judge is asked."""
    monkeypatch.setattr("fondly.evaluation.copy.judging.check_answer", accept_all)
