"""The run ledger: which parts each stage has finished, how stages follow one another, what it all took."""

from shared.ledger.ledger import Ledger
from shared.ledger.run import PartReport, Progress, Run, RunStatus, Stage
from shared.ledger.totals import Totals, total

__all__ = ["Ledger", "PartReport", "Progress", "Run", "RunStatus", "Stage", "Totals", "total"]
