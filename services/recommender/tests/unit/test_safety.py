"""Danger that customers speak of reaches the shop, with the run's recommendations."""

from dataclasses import replace

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.events import SafetyReported
from fondly.contracts.records import Product, ProductQuotes, Quote
from fondly.recommender.domain.history.complaints import SafetyCase
from fondly.runtime.runs.run import StageName
from services.recommender.tests.world import RUN, TOO_LITTLE, World


async def test_a_safety_case_is_stored_counted_and_announced() -> None:
    """For the part that has one; the customer's recommendation is stored all the same, and says so.

    What the run's reviews say in words that may be quoted comes with each pick.
    """
    world, [first, *others] = World(), TOO_LITTLE.parts[0]
    review = first.reviews[0].model_copy(update={"text": "Fine. It gave me a shock."})
    unsafe = first.model_copy(update={"reviews": (review, *first.reviews[1:])})
    await world.open(replace(TOO_LITTLE, parts=[[unsafe, *others], *TOO_LITTLE.parts[1:]]))
    quotes = (Quote(text="It stays cool all day."),)
    products = await world.objects.get_lines(object_keys.products(RUN), Product)
    quoted = [ProductQuotes(product_id=one.product_id, quotes=quotes) for one in products]
    await world.objects.put_lines(object_keys.quotes(RUN), quoted)
    await world.run_to_end()
    key = object_keys.safety_cases(RUN, 1)
    [case] = await world.objects.get_lines(key, SafetyCase)
    assert (case.customer_id, case.words) == (first.customer_id, "It gave me a shock")
    assert world.announcer.of(SafetyReported) == [
        SafetyReported(part=1, parts=len(TOO_LITTLE.parts), key=key, customers=1)
    ]
    found = await world.recommended(1)
    assert [one.customer_id for one in found if one.complaint and one.complaint.is_safety] == [
        first.customer_id
    ]
    assert {pick.quotes for one in found for pick in one.picks} == {quotes}
    reports = await world.ledger.reports(RUN)
    told = [
        one.counts.get(Counted.CUSTOMERS_SAFETY_CASES)
        for one in reports
        if one.stage is StageName.RECOMMENDER
    ]
    assert told.count(1) == 1
