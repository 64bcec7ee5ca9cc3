"""The profile "like AWS": what AWS does all the time and emulators never do.

Unlike faults it is no matter of chance. Receive counts that count up and dead letters are the emulators' own,
the limit of 1,000 files a batch job is understudy's.
"""

from collections.abc import Mapping, Sequence

from fondly.operations.topology import load_topology
from fondly.stack.provision import Resources
from tests.chaos.batches import Forward
from tests.chaos.calls import Call, Reply
from tests.chaos.etags import ETags
from tests.chaos.items import History
from tests.chaos.tables import Tables
from tests.chaos.tally import Tally

STALE_S = 1.5
"""How old a state is that a read without `ConsistentRead` gets; on AWS usually under a second."""


class LikeAWS:
    """Answers the emulator's calls as AWS would."""

    def __init__(
        self, keys: Mapping[str, Sequence[str]], tally: Tally, *, seed: int = 0, stale_s: float = STALE_S
    ) -> None:
        self._etags = ETags(seed)
        self._tables = Tables(History(keys, lag_s=stale_s), tally)

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Forward a call to the emulator, and make its reply one of AWS."""
        if call.service == "dynamodb":
            return await self._tables.answer(call, forward)
        if call.service == "s3":
            return await self._etags.answer(call, forward)
        reply = await forward(call)
        if call.operation == "ReceiveMessage" and reply.is_ok:
            return self._etags.notified(reply)
        return reply


def table_keys(resources: Resources) -> dict[str, tuple[str, ...]]:
    """The key attributes of each of the topology's tables."""
    tables = load_topology().tables
    return {
        name: tuple(filter(None, (tables[each].partition_key, tables[each].sort_key)))
        for each, name in resources.tables.items()
    }
