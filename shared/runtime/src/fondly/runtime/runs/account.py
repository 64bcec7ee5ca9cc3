"""What a run has spent of its budget: a value that changes as a whole."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from pydantic import BaseModel, ConfigDict

from fondly.runtime.runs.pricing import ai_cost_usd

SMALLEST = Decimal("1E-9")
NOTHING = Decimal(0)


class Account(BaseModel):
    """The account of one run, in US dollars; `revision` is a number for each change."""

    model_config = ConfigDict(frozen=True)
    revision: int = 0
    spent: Decimal = NOTHING
    """By pieces of work that have ended."""
    reserved: Mapping[str, Decimal] = {}
    """By pieces in flight, for all that each may spend; a dead worker's stays, as it may have spent it."""
    limit: Decimal | None = None
    """This run's own budget, which an operator has given it; None for the one of the settings."""
    stopped: str = ""
    """Why nothing more may be paid; empty while something may."""

    @property
    def committed(self) -> Decimal:
        """All that is spent or may still be."""
        return self.spent + sum(self.reserved.values(), NOTHING)

    def reserve(self, piece: str, *, least: Decimal, wanted: Decimal, budget: Decimal) -> "Account | None":
        """Reserve what is wanted, or is left; None if the run is stopped or less than `least` is left."""
        left = (budget if self.limit is None else self.limit) - self.committed
        if self.stopped or left < least:
            return None
        return self._with(piece, self.reserved.get(piece, NOTHING) + min(wanted, left))

    def pay(self, piece: str, paid: Decimal) -> "Account":
        """Turn what a piece has reserved into what it has spent, if it has reserved anything."""
        if piece not in self.reserved:
            return self
        others = {name: usd for name, usd in self.reserved.items() if name != piece}
        return self.model_copy(update={"spent": self.spent + paid, "reserved": others})

    def correct(self, piece: str, paid: Decimal) -> "Account":
        """Replace what a piece has reserved by its cost; it stays, so that it is not reserved again."""
        return self._with(piece, paid) if piece in self.reserved else self

    def stop(self, reason: str) -> "Account":
        """Let nothing more be paid; the first reason is kept."""
        return self if self.stopped else self.model_copy(update={"stopped": reason})

    def resume(self, limit: Decimal | None) -> "Account":
        """Let work be paid again, with another budget unless that is None."""
        return self.model_copy(update={"stopped": "", "limit": self.limit if limit is None else limit})

    def _with(self, piece: str, usd: Decimal) -> "Account":
        return self.model_copy(update={"reserved": {**self.reserved, piece: usd}})


def price(units: Mapping[str, int | Decimal]) -> Decimal:
    """Return what the AI services charge for these units, rounded up to a billionth of a dollar."""
    usd = ai_cost_usd({unit: Decimal(amount) for unit, amount in units.items()})
    return usd.quantize(SMALLEST, rounding=ROUND_CEILING)
