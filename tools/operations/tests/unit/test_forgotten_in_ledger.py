"""What a run's delivery is without somebody who is forgotten."""

from fondly.operations.customers.gone import Gone
from fondly.operations.customers.ledger import NO_ADDRESS, without
from fondly.operations.customers.scrub import ERASED
from fondly.runtime.runs.delivery import Act, Decision, Delivery, DeliveryStatus
from tests.support.runs import RUN, START

ZOE = "zoe@shop.example"
GONE = Gone(frozenset({"C-1001"}), names={"Zoe"}, emails={ZOE})


def a_delivery(*seeds: str, note: str = "") -> Delivery:
    """A sample that goes to seeds."""
    decision = Decision(act=Act.SAMPLE, by="Zoe", at=START, note=note)
    return Delivery(
        run_id=RUN,
        status=DeliveryStatus.SAMPLE,
        opened_at=START,
        seeds=seeds,
        reason=note,
        decisions=(decision,),
    )


def test_a_seed_goes() -> None:
    """In whatever case it was written; the others stay, in their order."""
    assert without(a_delivery("b@x.example", ZOE.upper(), "a@x.example"), GONE).seeds == (
        "b@x.example",
        "a@x.example",
    )


def test_the_last_seed_is_replaced() -> None:
    """Without any, a sample would go to customers, which nobody has approved."""
    assert without(a_delivery(ZOE), GONE).seeds == (NO_ADDRESS,)
    assert without(a_delivery(), GONE).seeds == ()


def test_notes_no_longer_say_who_it_was() -> None:
    """Who decided, what and when, stays, whatever they are called."""
    left = without(a_delivery("a@x.example", note="asked for by C-1001 <zoe@shop.example>"), GONE)
    assert left.reason == "asked for by (erased) <(erased)>"
    (decision,) = left.decisions
    assert (decision.note, decision.by, decision.at) == (left.reason, "Zoe", START)
    assert left.status is DeliveryStatus.SAMPLE


def test_who_decided_goes_where_only_they_are_called_so() -> None:
    """An id and an address are theirs alone; others may have their name."""
    decision = Decision(act=Act.SAMPLE, by=ZOE, at=START)
    (left,) = without(a_delivery().model_copy(update={"decisions": (decision,)}), GONE).decisions
    assert left.by == ERASED
