"""`fondly audit`: who did what, against an emulator."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fondly.contracts.email_index import customer_digest
from fondly.operations.audit import entries, noted
from fondly.operations.environment import open_environment
from fondly.operations.target import target
from fondly.operations.topology import load_topology

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly


def test_what_somebody_does_is_noted(fondly: "Fondly", dead_letter: Callable[..., str]) -> None:
    """With who, about what and how it ended; never who a customer is."""
    only = ("--message-id", dead_letter("mailer", "a"))
    fondly("dlq", "redrive", "mailer", *only, "--by", "jo")
    dead_letter("mailer", "b")
    fondly("dlq", "discard", "mailer", "--yes", "--by", "jo")
    fondly("suppress", "add", "C-77", "--by", "ada")
    fondly("suppress", "remove", "C-77", "--customer", "--yes", "--by", "ada")
    fondly("suppress", "export", "--by", "ada")
    found = fondly("audit", "--json").json
    assert [(each["by"], each["act"], each["about"], each["ended"]) for each in reversed(found)] == [
        ("jo", "redrive", "mailer", "done"),
        ("jo", "discard", "mailer", "done"),
        ("ada", "suppress", customer_digest("C-77"), "done"),
        ("ada", "unsuppress", customer_digest("C-77"), "done"),
        ("ada", "export", "suppressions", "done"),
    ]
    assert found[-1]["details"] == {"messages": only[1], "moved": "1"}
    assert "C-77" not in str(found)
    first = fondly("audit", "--json", "--limit", "2")
    assert fondly("audit", "--json", "--next", first.err.split()[-1]).json == found[2:]
    assert "unsuppress" in fondly("audit").out


@pytest.mark.parametrize("error", [OSError, asyncio.CancelledError])
def test_an_act_that_is_broken_off_is_noted(environment: str, error: type[BaseException]) -> None:
    """Whoever is killed leaves the note that it began, which is written first."""

    async def act() -> list[str]:
        with target(environment, None) as chosen:
            async with open_environment(chosen, load_topology()) as of:
                with pytest.raises(error):
                    async with noted(of, by="jo", act="retry", about="run-1"):
                        begun = (await entries(of)).entries
                        raise error
                return [each.ended for each in (*begun, *(await entries(of)).entries)]

    assert asyncio.run(act()) == ["begun", "failed"]
