"""`fondly smoke` on a whole stack, killed at each of its steps."""

import json
import re
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fondly.operations.local_stack import ENVIRONMENT
from fondly.operations.smoke.questions import QUESTIONS
from fondly.operations.smoke.state import FILE, SmokeState
from fondly.stack.embedded import FINISHING, Stack, embedded_stack
from fondly.stack.local_mail import FOLDER
from tests.support.recorded import calls_in
from tools.cli.tests.conftest import Answer, Fondly
from tools.cli.tests.e2e.test_cleanup import everything
from tools.cli.tests.killing import Killed, killing

pytestmark = pytest.mark.timeout(900)
STEPS = ("upload", "follow", "deliver", "ask", "record", "clean")
PAID = ("BatchDetectSentiment", "Converse")
VERIFIED = Counter({"BatchDetectSentiment": 1})
"""What `fondly verify` asks, before anything is recorded."""
MADE_ONCE = ("CreateSolution", "CreateSolutionVersion", "CreateBatchInferenceJob", "CreateFilter")


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack that records calls, and delivers into a folder."""
    monkeypatch.setenv("FONDLY_RECORD_CALLS", "true")
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "smtp")
    with embedded_stack(tmp_path / "logs", services=FINISHING) as started:
        for name, value in started.variables.items():
            monkeypatch.setenv(name, value)
        yield started


def test_killed_at_each_step_it_goes_on_and_pays_for_nothing_twice(
    stack: Stack, run_fondly: Fondly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before it knows that a step is done, it takes every step twice; then nothing is left."""
    before, folder = everything(dict(stack.variables)), tmp_path / "smoke"

    def smoke() -> Answer:
        where = ("--environment", ENVIRONMENT, "--out", str(folder))
        return run_fondly("smoke", *where, "--interval-s", "0.5", "--json")

    for step in STEPS:
        with monkeypatch.context() as patch, pytest.raises(Killed):
            if step == "clean":
                killing(patch, "Delete", "BatchWrite")(5)
            else:
                patch.setattr(SmokeState, "save", _killed_once_done(step))
            smoke()
    answer = smoke()
    assert answer.code == 0, answer.out + answer.err
    assert smoke().json == answer.json, "nothing is done anew"
    state = SmokeState.model_validate(answer.json)
    assert state.done == list(STEPS)
    assert state.by_stand_in
    assert [each.question for each in state.verdicts] == list(QUESTIONS)
    emails = 60 - state.counts["customers_safety_cases"]
    assert emails > 50
    assert (state.counts["emails"], state.counts["delivered_sent"]) == (emails, emails)
    assert len(list(Path(stack.variables[FOLDER]).glob("*.eml"))) == emails, "nobody is written to twice"
    _require_paid_once(stack, folder / "calls")
    assert everything(dict(stack.variables)) == before, "nothing is left"


def _killed_once_done(step: str) -> Any:  # noqa: ANN401 - a method
    save = SmokeState.save

    def killed(self: SmokeState, folder: Path) -> None:
        if step in self.done or (step == "ask" and len(self.verdicts) == len(QUESTIONS) // 2):
            raise Killed
        save(self, folder)
        assert (folder / FILE).is_file()

    return killed


def _require_paid_once(stack: Stack, folder: Path) -> None:
    """What the stand-in has counted is what was recorded, and no question was asked again."""
    url = f"{stack.variables['AWS_ENDPOINT_URL_COMPREHEND']}/_understudy/usage"
    with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own loopback address
        usage = json.load(reply)
    paid = {name: usage[name]["ok"] for name in PAID}
    calls = [call for call in calls_in(folder) if call.operation in PAID]
    assert Counter(call.operation for call in calls) + VERIFIED == paid
    assert len({json.dumps(call.request) for call in calls}) == len(calls), "nothing is asked again"
    assert {name: usage[name]["ok"] for name in MADE_ONCE} == dict.fromkeys(MADE_ONCE, 1)
    texts = "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert set(re.findall(r"(?<!\d)\d{12}(?!\d)", texts)) == {"0" * 12}
    assert "Authorization" not in texts
