"""How large the ledger's item of a run gets, of which every update costs its size in write units."""

from typing import ClassVar

from pydantic import Field

from fondly.contracts.events import Round
from fondly.runtime.runs.items import RUN, passed
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.source import source_name
from fondly.runtime.runs.state import ServiceState
from tests.support.item_size import item_bytes
from tests.support.runs import Runs

RUN_ID = "run-0123456789abcdef"
PARTS = 1_000
BUNDLES = 250
MAX_BYTES = 40_000
ARN = "arn:aws:personalize:eu-central-1:123456789012:dataset-import-job/" + 63 * "x"
PIECES = ["uploads/" + 1_000 * "x" + f"/reviews-{number:04}.csv" for number in range(200)]
LONG_JOBS = 40
"""More strings than all services together keep of the long jobs of a run."""


def test_sizes_are_those_of_the_developer_guide() -> None:
    """Names and strings by their bytes, numbers by their digits, sets and maps with what they hold."""
    assert item_bytes({"run_id": {"S": "run-1"}}) == 6 + 5
    assert item_bytes({"n": {"N": "1000"}}) == 1 + 2
    assert item_bytes({"n": {"N": "123"}}) == 1 + 3
    assert item_bytes({"n": {"NS": ["7", "123"]}}) == 1 + 3 + (1 + 2) + (1 + 3)
    assert item_bytes({"m": {"M": {"ab": {"S": "c"}}}}) == 1 + 3 + 1 + 3


class Kept(ServiceState):
    """The state of the service that keeps most."""

    stage: ClassVar[StageName] = StageName.RECOMMENDER
    jobs: dict[str, str] = Field(default_factory=dict)


async def test_the_item_of_the_largest_run_stays_small() -> None:
    """A thousand parts of 200 long-named files, in four stages, all bundles in three rounds, all ARNs."""
    runs = Runs()
    await runs.ledger.open_run(RUN_ID, source=source_name("b" * 63, PIECES))
    await runs.ledger.set_parts(RUN_ID, PARTS)
    item = runs.table.items[RUN_ID, RUN]
    for stage in StageName:
        item[f"{stage}_done"] = {"NS": [str(part) for part in range(1, PARTS)]}
    for each in Round:
        item[passed(each)] = {"NS": [str(bundle) for bundle in range(1, BUNDLES)]}
    for stage in StageName:
        run = await runs.ledger.complete_part(RUN_ID, stage, PARTS)
        assert run.parts_to_do(stage) == []
    for each in Round:
        run = await runs.ledger.complete_bundle(RUN_ID, each, BUNDLES)
        assert len(run.passed(each)) == BUNDLES
    await runs.ledger.change_state(
        await runs.ledger.run(RUN_ID),
        Kept,
        lambda state: state.having(jobs={f"name_of_the_job_{n}": ARN for n in range(LONG_JOBS)}),
    )
    size = item_bytes(runs.table.items[RUN_ID, RUN])
    assert 20_000 < size < MAX_BYTES, size
