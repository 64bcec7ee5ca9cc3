"""Judges a delivery by itself, one check per promise: no calm run is needed to know what it owes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.runs.delivery import DeliveryStatus
from tests.chaos.delivery_outcome import DeliveryOutcome
from tests.chaos.verdict import SHOWN, Check

COUNTED = ("sent", "not_sent", "refused", "in_doubt")
"""The reports' counts of final outcomes."""
REFUSED = 3
"""Approvals of what somebody had been shown before, or was being rendered."""


def judge_delivery(found: DeliveryOutcome) -> list[Check]:
    """Return every check, the most important first."""
    return [
        _nobody("nobody gets two", (one for one, times in found.taken.items() if times > 1)),
        *_held(found),
        *_each(found),
        *_records(found),
        *_events(found),
        *_stack(found),
    ]


def _held(found: DeliveryOutcome) -> Iterator[Check]:
    yield Check(
        "nothing goes out before it is approved",
        found.taken_while_held == 0,
        f"{found.taken_while_held} emails",
    )
    strangers = found.taken_by_sample - found.sample
    yield Check(
        "a sample goes to its customers only",
        not strangers and bool(found.taken_by_sample or not found.sample),
        f"{len(found.taken_by_sample)} of {len(found.sample)}, {_named(strangers)}",
    )
    yield Check(
        "of two approvals at once, one counts",
        bool(found.wins) and set(found.wins) == {1},
        ", ".join(map(str, found.wins)),
    )
    yield Check("what was not shown is not approved", len(found.refused) == REFUSED, "; ".join(found.refused))
    said = found.rewritten & set(found.struck)
    yield Check(
        "no email says what was struck before it went out",
        bool(found.rewritten) and not said,
        f"{len(found.rewritten)} made anew, {_named(said)}",
    )


def _each(found: DeliveryOutcome) -> Iterator[Check]:
    status = found.delivery.status if found.delivery else "no delivery"
    yield Check("the delivery is done", status == DeliveryStatus.DONE, str(status))
    got = {one for one, times in found.taken.items() if times}
    listed = {one: each for one, each in found.dispatches.items() if _is_listed(each)}
    neither = found.emails.keys() - got - listed.keys()
    yield _nobody("everybody gets one, or is listed with the reason", neither, f"{len(got)} got one")
    yield _nobody("only customers of the run get one", got - found.emails.keys())
    yield _nobody("nobody gets one who must not be written to", got & found.barred.keys())
    wrong = {
        one: reason
        for one, reason in found.barred.items()
        if one not in found.dispatches or found.dispatches[one].reason != reason
    }
    yield _nobody("who must not be written to is listed for that reason", wrong, f"{len(found.barred)} are")
    yield _nobody("emails arrive as they are stored, and a strict reader takes them", found.altered)


def _is_listed(dispatch: Dispatch) -> bool:
    return dispatch.outcome.is_final and dispatch.outcome is not Outcome.SENT and bool(dispatch.reason)


def _records(found: DeliveryOutcome) -> Iterator[Check]:
    outcomes = Counter(each.outcome for each in found.dispatches.values())
    open_ones = [one for one, each in found.dispatches.items() if not each.outcome.is_final]
    yield _nobody("something final is known of every email", open_ones, _counted(outcomes))
    untrue = [one for one in _with(found, Outcome.SENT) if found.taken.get(one, 0) != 1]
    yield _nobody("whose email counts as sent has got it", untrue)
    untrue = [one for one in _with(found, Outcome.REFUSED, Outcome.SUPPRESSED) if found.taken.get(one, 0)]
    yield _nobody("whose email counts as not sent has not got it", untrue)
    in_doubt, late = set(_with(found, Outcome.IN_DOUBT)), _late(found)
    proved = {one for one, each in found.dispatches.items() if each.proved_from}
    yield Check(
        "no more emails are in doubt than were in flight at kills and lost replies",
        len(in_doubt | late | proved) <= found.doubtful,
        f"{len(in_doubt)} and {len(late | proved)} that turned out to be sent, at most {found.doubtful}",
    )
    unproved = {one for one in in_doubt if found.taken.get(one) == 1}
    yield _nobody("no email that was accepted stays in doubt", unproved, f"{len(proved)} proved")
    times = {one: len(contact.times) for one, contact in found.contacts.items()}
    wrong = [one for one in _with(found, Outcome.SENT) if times.get(one) != 1]
    yield _nobody("an email counts once towards the frequency cap", wrong)
    yield _nobody("who is not written to counts as not written to", times.keys() & found.barred.keys())
    counted = sum(found.counts.get(f"emails_{name}", 0) for name in COUNTED)
    sent, untold = found.counts.get("emails_sent", 0), len(_late(found) - found.sent_events.keys())
    least = outcomes[Outcome.SENT] - untold - len(proved)  # corrected a quarter of an hour later, if at all
    yield Check(
        "the reports count every email once",
        counted == len(found.emails) and least <= sent <= outcomes[Outcome.SENT],
        f"{counted} of {len(found.emails)}: {dict(found.counts)}",
    )

    kept = found.kept.get(Outcome.SENT, 0)
    yield Check(
        "the tally that is kept counts every email once",
        sum(found.kept.values()) == len(found.emails)
        and outcomes[Outcome.SENT] - untold <= kept <= outcomes[Outcome.SENT],
        _counted(Counter(found.kept)),
    )


def _late(found: DeliveryOutcome) -> set[str]:
    """Whose email was announced as in doubt before the record that it is sent arrived.

    A request of a worker that was killed may arrive later than others have had to decide. It is looked for
    once more: then `email-sent` is announced, too, and the reports count it.
    """
    return set(_with(found, Outcome.SENT)) & found.suppressed_events.keys()


def _events(found: DeliveryOutcome) -> Iterator[Check]:
    late = _late(found)
    sent = set(_with(found, Outcome.SENT)) - late
    yield _same("email-sent arrives for each email that is", found.sent_events.keys() - late, sent)
    others = {one for one, each in found.dispatches.items() if each.outcome.is_final} - sent
    yield _same("email-suppressed arrives for every other", found.suppressed_events.keys(), others)
    several = [
        one
        for events in (found.sent_events, found.suppressed_events)
        for one, ids in events.items()
        if len(ids) > 1
    ]
    yield _nobody("the repetitions of an event have one id", several)


def _stack(found: DeliveryOutcome) -> Iterator[Check]:
    left = {name: depth for name, depth in found.depths.items() if sum(depth.values())}
    yield Check("no message is visible, in flight or delayed", not left, str(left or "none"))
    dead = {name: count for name, count in found.dead_letters.items() if count}
    yield Check("no dead letters", not dead, str(dead or "none"))


def _with(found: DeliveryOutcome, *outcomes: Outcome) -> Iterator[str]:
    return (one for one, each in found.dispatches.items() if each.outcome in outcomes)


def _same(promise: str, found: Iterable[str], expected: set[str]) -> Check:
    missing, extra = expected - set(found), set(found) - expected
    return Check(promise, not missing and not extra, f"missing {_named(missing)}; extra {_named(extra)}")


def _nobody(promise: str, customers: Iterable[str], more: str = "") -> Check:
    faulty = list(customers)
    return Check(promise, not faulty, "; ".join(filter(None, (more, _named(faulty)))))


def _named(customers: Iterable[str]) -> str:
    found = sorted(customers)
    return f"{len(found)}: {', '.join(found[:SHOWN])}" if found else "nobody"


def _counted(outcomes: Mapping[Outcome, int]) -> str:
    return ", ".join(f"{outcome} {number}" for outcome, number in sorted(outcomes.items()))
