"""Settles which customers of a run are held out, once for the whole run."""

from dataclasses import dataclass

from fondly.contracts.experiments import Holdout
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run

HOLDOUT = "holdout"
"""Where a run's `step` keeps its holdout, as JSON."""


@dataclass(frozen=True)
class DrawHoldout:
    """Keeps with each run the share and salt that were set when its first email was due.

    Whatever is set later, and however often parts are repeated, all of the run is drawn by these.
    """

    ledger: Ledger
    wanted: Holdout = Holdout()  # noqa: RUF009 - immutable
    """What is set now."""

    async def of(self, run_id: str) -> Holdout:
        """Return the holdout of a run, which is settled now unless it has been."""
        known = holdout_of(await self.ledger.run(run_id))
        if known is None:
            settled = await self.ledger.settle_step(run_id, HOLDOUT, self.wanted.model_dump_json())
            known = holdout_of(settled)
        return known or self.wanted


def holdout_of(run: Run) -> Holdout | None:
    """Return the holdout of a run; None until it has been settled."""
    return Holdout.model_validate_json(run.step[HOLDOUT]) if HOLDOUT in run.step else None
