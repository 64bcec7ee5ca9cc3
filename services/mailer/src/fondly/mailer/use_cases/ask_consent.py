"""Finds out who of a part is written to, before anything is paid for their emails."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from fondly.contracts.consent import READS_PER_CUSTOMER, Cap
from fondly.contracts.counts import Counted
from fondly.contracts.delivery import NotSent
from fondly.contracts.experiments import Holdout
from fondly.contracts.records import Recommendation
from fondly.mailer.domain.run_state import MailerState
from fondly.runtime.consent import Consent, refusals
from fondly.runtime.runs.ledger import Ledger

Draw = Callable[[str], Awaitable[Holdout]]
"""Returns the holdout of a run, always the same; see `DrawHoldout`."""


@dataclass(frozen=True)
class Consented:
    """A part's recommendations, and which of its customers get no email."""

    recommendations: Sequence[Recommendation]
    refused: Mapping[str, NotSent]
    """Why nobody may write to them, by customer id."""
    drawn: AbstractSet[str] = frozenset()
    """The customers who might be written to, but are in the share that gets no email."""

    def allowed(self, made: Container[str]) -> list[Recommendation]:
        """Return those of customers who are written to, or for whom an email was `made` before."""
        return [
            each
            for each in self.recommendations
            if each.customer_id not in self.drawn
            and (each.customer_id not in self.refused or each.customer_id in made)
        ]

    @property
    def held_out(self) -> list[Recommendation]:
        """Return those of customers who are held out."""
        return [each for each in self.recommendations if each.customer_id in self.drawn]

    def counts(self, made: Container[str]) -> dict[str, int]:
        """Return how many get no email, and why; of an email that was made before, the sender says so."""
        reasons = Counter(reason for customer_id, reason in self.refused.items() if customer_id not in made)
        by_reason = {f"emails_suppressed_{reason}": number for reason, number in sorted(reasons.items())}
        return {Counted.EMAILS_SUPPRESSED: reasons.total(), **by_reason}

    @property
    def read_units(self) -> int:
        """What it took to find out."""
        return READS_PER_CUSTOMER * len(self.recommendations)


async def nobody_is_held_out(run_id: str) -> Holdout:
    """Draw nobody, whatever the run."""
    del run_id
    return Holdout()


@dataclass(frozen=True, kw_only=True)
class AskConsent:
    """Asks the tables that all runs share, and draws the run's holdout among those who may be written to."""

    consent: Consent
    cap: Cap
    draw: Draw = nobody_is_held_out
    now: Callable[[], float] = time.time

    async def __call__(self, run_id: str, recommendations: Sequence[Recommendation]) -> Consented:
        """Return who of a run's part gets no email now."""
        people = [(each.customer_id, each.email) for each in recommendations]
        refused = await refusals(self.consent, people, cap=self.cap, now=self.now())
        refused |= await self._want_nothing(recommendations, refused)
        unsafe = (each for each in recommendations if each.complaint and each.complaint.is_safety)
        refused |= {each.customer_id: NotSent.SAFETY for each in unsafe}
        holdout = await self.draw(run_id)
        drawn = {one for one, _ in people if one not in refused and holdout.has(one)}
        return Consented(recommendations, refused, drawn)

    async def _want_nothing(
        self, recommendations: Sequence[Recommendation], refused: Container[str]
    ) -> dict[str, NotSent]:
        """Return those for whom nothing is left because of the departments that they want nothing of."""
        empty = [each.customer_id for each in recommendations if not each.picks]
        contacts = await self.consent.contacts([each for each in empty if each not in refused])
        return {customer_id: NotSent.TOPICS for customer_id, one in contacts.items() if one.topics_off}


@dataclass(frozen=True)
class DrawHoldout:
    """Keeps with each run the share and salt that were set at its first email: all of it is drawn by them."""

    ledger: Ledger
    wanted: Holdout = Holdout()  # noqa: RUF009 - immutable
    """What is set now."""

    async def of(self, run_id: str) -> Holdout:
        """Return the holdout of a run, which is drawn up now unless it has been."""
        run = await self.ledger.change_state(await self.ledger.run(run_id), MailerState, self.drawn)
        return MailerState.of(run).holdout or self.wanted

    def drawn(self, state: MailerState) -> MailerState:
        """Draw up the holdout of a run that has none."""
        return state if state.holdout else state.having(holdout=self.wanted)
