"""What became of a run, in plain words: for the terminal, the gallery and `fondly run show`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fondly.contracts.counts import Counted
from fondly.contracts.delivery import NotSent
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import Exclusion
from fondly.operations.formatting import count, counted, printable
from fondly.operations.runs import ingest_facts

RUNNING, FAILED = "running", "failed"
EXCLUDED = {
    Exclusion.NO_CONSENT: "without consent",
    Exclusion.SUPPRESSED: "suppressed",
    Exclusion.UNDER_AGE: "under age",
    Exclusion.NOTHING_KEPT: "who kept nothing of their orders",
    Exclusion.UNCHANGED: "unchanged since their last email",
}
SUPPRESSED = {
    NotSent.FREQUENCY: "written to often enough",
    NotSent.TOPICS: "want nothing of what is left",
    NotSent.SAFETY: "speak of danger: see the safety cases",
}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run's status, counts and reports; a report is None if the run has stored none."""

    status: str
    reason: str | None
    counts: Mapping[str, int]
    ingest: IngestReport | None = None
    popularity_reason: str | None = None
    """Why Personalize ranked nothing for the run, if it did not."""
    ranking: str | None = None
    """How much rankings count, and why, if that is known."""
    unmatched_rules: Sequence[str] = ()
    """Rules of the shop's files that match nothing."""
    missing: Sequence[str] = ()
    """What could not be found, a line each."""

    @classmethod
    def of_summary(cls, summary: Mapping[str, Any]) -> "RunFacts":
        """Return what a `summary.json` says."""
        ingest = summary.get("ingest")
        return cls(
            status=summary.get("status", ""),
            reason=summary.get("reason"),
            counts={name: value for name, value in summary.items() if isinstance(value, int)},
            ingest=IngestReport.model_validate(ingest) if ingest else None,
            popularity_reason=summary.get("popularity_reason"),
            ranking=summary.get("ranking"),
            unmatched_rules=summary.get("unmatched_rules", ()),
            missing=summary.get("missing", ()),
        )


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """Some of the customers, and what became of them; `lost` are those who should have got an email."""

    label: str
    customers: int
    lost: bool = False


def customer_groups(facts: RunFacts) -> list[CustomerGroup]:
    """Return what became of all customers; who got an email come first, groups of nobody are left out."""
    if Counted.CUSTOMERS not in facts.counts:
        return []
    emailed = CustomerGroup("have an email", facts.counts.get(Counted.EMAILS, 0))
    others = [*_excluded(facts), *_unmailed(facts)]
    rest = facts.counts[Counted.CUSTOMERS] - emailed.customers - sum(each.customers for each in others)
    running = facts.status == RUNNING
    others.append(
        CustomerGroup("not reached yet" if running else "not reached", max(0, rest), lost=not running)
    )
    return [emailed, *(each for each in others if each.customers)]


def _excluded(facts: RunFacts) -> Iterator[CustomerGroup]:
    """By the run's counts; by the report, where a run of ingest has ended before it was counted."""
    told = facts.ingest.exclusions if facts.ingest else {}
    for cause, label in EXCLUDED.items():
        yield CustomerGroup(label, facts.counts.get(f"customers_excluded_{cause}", told.get(cause, 0)))


def _unmailed(facts: RunFacts) -> Iterator[CustomerGroup]:
    listed = facts.counts.get(Counted.EMAILS_SUPPRESSED, 0)
    apart = {label: facts.counts.get(f"emails_suppressed_{why}", 0) for why, label in SUPPRESSED.items()}
    yield CustomerGroup("on the suppression list", listed - sum(apart.values()))
    yield from (CustomerGroup(label, number) for label, number in apart.items())
    yield CustomerGroup("held out", facts.counts.get(Counted.CUSTOMERS_HELD_OUT, 0))
    yield CustomerGroup("left out, unhappy", facts.counts.get(Counted.EMAILS_LEFT_OUT, 0))
    yield CustomerGroup("email failed", facts.counts.get(Counted.EMAILS_FAILED, 0), lost=True)


def notices(facts: RunFacts) -> list[str]:
    """Return what a person should know before they send the emails, a line each; none if all is well."""
    short = facts.counts.get(Counted.CUSTOMERS_SHORT_OF_PRODUCTS, 0)
    told = f"{counted(short, 'customer')} got too few products: there was nothing else that they may get"
    rules = (*(facts.ingest.unmatched_rules if facts.ingest else ()), *facts.unmatched_rules)
    unmatched = (f"a rule matches nothing: {printable(rule)}" for rule in rules)
    missing = (f"missing {line}" for line in facts.missing)
    return [*_popularity(facts), *([told] if short else []), *unmatched, *missing]


def quiet_lines(facts: RunFacts) -> list[str]:
    """Return what may be of interest, a line each: ranking, stock, and why no consent is asked for."""
    ranking = f"ranking {printable(facts.ranking)}" if facts.ranking else ""
    return [*filter(None, (ranking, stock_line(facts))), *ingest_facts.consent_lines(facts.ingest)]


def stock_line(facts: RunFacts) -> str:
    """Return how many products are out of stock in one line; empty if none is."""
    sold_out = facts.counts.get(Counted.PRODUCTS_OUT_OF_STOCK, 0)
    products = count(facts.counts.get(Counted.PRODUCTS, 0))
    return f"{count(sold_out)} of {products} products out of stock: nobody gets them" if sold_out else ""


def why_no_emails(facts: RunFacts) -> str:
    """Return why a run has no emails at all, in a sentence or two."""
    if facts.reason:
        return f"This run has no emails. {facts.reason}"
    groups = [each for each in customer_groups(facts) if each.customers and each.label != "have an email"]
    customers = facts.counts.get(Counted.CUSTOMERS, 0)
    if not customers:
        return "This run has no emails: its file has no customers."
    told = ", ".join(f"{count(each.customers)} {each.label}" for each in groups)
    told = told or "none was collected"
    return f"This run has no emails, though it has {counted(customers, 'customer')}: {told}."


def _popularity(facts: RunFacts) -> Iterator[str]:
    by_popularity = facts.counts.get(Counted.CUSTOMERS_BY_POPULARITY, 0)
    if not by_popularity:
        return
    reason = printable(facts.popularity_reason or "Personalize has no ranking for them")
    written_to = facts.counts.get(Counted.CUSTOMERS, 0) - sum(each.customers for each in _excluded(facts))
    total = counted(max(written_to, by_popularity), "customer")
    yield f"{count(by_popularity)} of {total} got popular products: {reason}"


@dataclass(frozen=True, slots=True)
class RunInWords:
    """Who gets mail and who not, what to know before it goes out, and how the file was read."""

    notices: list[str]
    groups: list[CustomerGroup]
    in_short: list[str]
    rejects: list[ingest_facts.RejectLine]
    more_reasons: int
    lines: list[str]
    no_emails: str


def in_words(run: RunFacts) -> RunInWords:
    """Return it; of a run that has stored no report, what its counts say."""
    ingest, groups = run.ingest or IngestReport(), customer_groups(run)
    read = (ingest_facts.convention_lines, ingest_facts.left_out_lines, ingest_facts.ignored_lines)
    return RunInWords(
        notices=notices(run),
        groups=groups,
        in_short=[
            *(f"{count(each.customers)} {each.label}" for each in groups),
            *ingest_facts.read_summary(ingest),
        ],
        rejects=ingest_facts.reject_lines(ingest),
        more_reasons=ingest_facts.more_reasons(ingest),
        lines=[*quiet_lines(run), *(line for lines in read for line in lines(ingest))],
        no_emails=why_no_emails(run),
    )
