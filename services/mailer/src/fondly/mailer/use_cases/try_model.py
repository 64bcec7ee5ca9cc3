"""Asks the model about a lamp of no shop what it is asked for emails: whether it can be used at all."""

from dataclasses import dataclass, replace
from hashlib import sha256

from fondly.contracts.clock import utc_now
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import UploadRead
from fondly.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.prompt import Prompt, Style
from fondly.mailer.domain.facts.email import email_facts
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.runtime.quota.outlook import Outlook

CALLS_PER_CUSTOMER = 0.25
"""406 for 1,500 customers, and fewer for each of more."""
SYSTEM_CHARS = 2_000
"""What is left costs less than a thousandth of a dollar, and has all members of a request."""
LAMP = Product(
    product_id="check",
    name="Desk Lamp, Dimmable",
    category=("Home", "Lamps"),
    price="20",
    currency="EUR",
    bullets=("Three steps of brightness", "A clip for the edge of a table"),
)


def trial_prompts(style: Style) -> tuple[Prompt, Prompt]:
    """Return what is asked for an email about the lamp: its frame, and texts on the product."""
    recommendation = Recommendation(
        customer_id="check",
        name="Alex",
        email="alex@shop.example",
        source=RecommendationSource.POPULARITY,
        picks=(Pick(product=LAMP, reason=Reason(kind=ReasonKind.ASSORTMENT)),),
    )
    facts = email_facts(recommendation, brand=style.brand, locale=style.locale)
    return frame_question(facts, style).prompt, product_question(facts.products[0], style).prompt


@dataclass(frozen=True)
class TryModel:
    """Says whether the emails of a run can be written; the model is asked once an hour for all runs."""

    ask_once: AskOnce
    style: Style
    configured: str
    """How the model is asked: if that changes, it is asked anew."""
    outlook: Outlook

    async def require(self, upload: UploadRead) -> None:
        """Raise `PermanentError` if the model refuses to answer, or could not answer for all in time."""
        self.outlook.require(upload.customers * CALLS_PER_CUSTOMER)
        if upload.customers:
            await self._require_answer()

    async def _require_answer(self) -> None:
        """Ask a short question about the lamp, which need not be answered well."""
        _, prompt = trial_prompts(self.style)
        hour = sha256(f"{self.configured} {utc_now():%Y-%m-%d %H}".encode()).hexdigest()
        short = replace(prompt, system=f"{prompt.system[:SYSTEM_CHARS]}\n{hour}")
        [paid] = (await self.ask_once.run([short], payer="clearance")).values()
        if paid.reply.refusal and not paid.reply.output_tokens:
            raise PermanentError(f"the model does not answer: {paid.reply.refusal}")
