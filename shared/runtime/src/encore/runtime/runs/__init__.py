"""The run ledger: which parts each stage has finished, how stages follow one another, what it all took."""

from shared.ledger.claims import ClaimLostError, Claims
from shared.ledger.journal import Journal
from shared.ledger.ledger import Ledger
from shared.ledger.newest import Newest, NewestRuns
from shared.ledger.run import PartReport, Progress, Run, RunStatus, Stage, part_name
from shared.ledger.totals import Totals, total

__all__ = [
    "ClaimLostError",
    "Claims",
    "Journal",
    "Ledger",
    "Newest",
    "NewestRuns",
    "PartReport",
    "Progress",
    "Run",
    "RunStatus",
    "Stage",
    "Totals",
    "part_name",
    "total",
]
