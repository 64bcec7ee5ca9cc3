"""Who may be written to: consent, suppression and age, over all rows and addresses."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts import object_keys
from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.delivery import NotSent
from fondly.contracts.events import DataIngested
from fondly.contracts.records import Customer, Exclusion
from fondly.ingest.domain.rows.people import ExclusionRules
from services.ingest.tests.fakes import NOT_ASKED, Bench, csv_lines, limits, numbered

KEY = "uploads/shop.csv"


async def ingested(rows: Sequence[Mapping[str, str]], rules: ExclusionRules = NOT_ASKED) -> Bench:
    """A bench that has ingested these rows."""
    bench = Bench(limits(exclusion=rules))
    await bench.upload(KEY, csv_lines(rows))
    return bench


async def exclusions(bench: Bench) -> dict[str, Exclusion | None]:
    """The exclusion of each customer."""
    return {each.customer_id: each.exclusion for each in await bench.stored_customers()}


@pytest.mark.parametrize(
    ("cells", "exclusion"),
    [
        ({"marketing_consent": "yes"}, None),
        ({"marketing_consent": ""}, None),
        ({"marketing_consent": "no"}, Exclusion.NO_CONSENT),
        ({"marketing_consent": "perhaps"}, Exclusion.NO_CONSENT),
        ({"suppressed": "yes"}, Exclusion.SUPPRESSED),
        ({"suppressed": "who knows"}, Exclusion.SUPPRESSED),
        ({"suppressed": "no"}, None),
        ({"age": "17"}, Exclusion.UNDER_AGE),
        ({"age": "18"}, None),
        ({"suppressed": "yes", "marketing_consent": "no", "age": "12"}, Exclusion.SUPPRESSED),
    ],
)
async def test_a_customer_is_excluded_by_what_the_file_says(
    cells: dict[str, str], exclusion: Exclusion | None
) -> None:
    """What cannot be read counts as the cautious answer, nothing at all as unknown."""
    bench = await ingested([numbered(1, **cells)])
    assert await exclusions(bench) == {"C1": exclusion}


async def test_a_setting_dispenses_with_consent_and_another_lifts_the_age_limit() -> None:
    """Unknown consent is none unless the shop says why; without a minimum age anybody is written to."""
    rows = [numbered(1, marketing_consent="", age="30"), numbered(2, marketing_consent="yes", age="12")]
    bench = await ingested(rows, ExclusionRules(minimum_age=0))
    assert await exclusions(bench) == {"C1": Exclusion.NO_CONSENT, "C2": None}


async def test_one_refusal_holds_for_everybody_at_the_address() -> None:
    """Two ids with one address are one reader, whatever its case; nobody else is affected."""
    rows = [
        numbered(1, email="a@shop.example", marketing_consent="yes"),
        numbered(2, email="A@shop.example", marketing_consent="no"),
        numbered(3, email="b@shop.example", marketing_consent="yes"),
    ]
    bench = await ingested(rows)
    assert await exclusions(bench) == {"C1": Exclusion.NO_CONSENT, "C2": Exclusion.NO_CONSENT, "C3": None}
    assert (await bench.counts())["shared_addresses"] == 1


@pytest.mark.parametrize("answers", [("yes", "no"), ("no", "yes")])
async def test_a_no_in_one_row_outweighs_a_yes_in_another(answers: Sequence[str]) -> None:
    """Whichever comes first, and for no other reason."""
    rows = [numbered(at, user_id="C1", marketing_consent=answer) for at, answer in enumerate(answers)]
    assert await exclusions(await ingested(rows)) == {"C1": Exclusion.NO_CONSENT}


async def test_the_report_counts_who_is_left_out_by_cause() -> None:
    """The counts are those of the customers' own records."""
    rows = [
        numbered(1, marketing_consent="no", suppressed="", age=""),
        numbered(2, marketing_consent="", suppressed="yes", age=""),
        numbered(3, marketing_consent="", suppressed="", age="9"),
        numbered(4, marketing_consent="yes", suppressed="no", age="40"),
    ]
    bench = await ingested(rows)
    report = await bench.report()
    assert report.exclusions == {
        Exclusion.NO_CONSENT: 1,
        Exclusion.SUPPRESSED: 1,
        Exclusion.UNDER_AGE: 1,
    }
    assert (await bench.counts())["customers_excluded_no_consent"] == 1


ANSWERS = st.sampled_from(["yes", "no", "", "subscribed", "unsubscribed", "opted out", "maybe", "1", "0"])


@given(
    rows=st.lists(
        st.tuples(st.integers(1, 4), ANSWERS, ANSWERS, st.sampled_from(["", "12", "17", "18", "60"])),
        min_size=1,
        max_size=12,
    )
)
def test_whoever_refuses_once_is_excluded_whatever_the_other_rows_say(
    rows: list[tuple[int, str, str, str]],
) -> None:
    """In any order of rows, a no, a suppression or an age under the limit in one of them decides."""
    import asyncio  # noqa: PLC0415 - hypothesis runs synchronous tests

    cells = [
        numbered(
            number,
            user_id=f"C{customer}",
            review_id=f"R{number}",
            marketing_consent=consent,
            suppressed=suppressed,
            age=age,
        )
        for number, (customer, consent, suppressed, age) in enumerate(rows, 1)
    ]

    async def stored() -> list[Customer]:
        return await (await ingested(cells)).stored_customers()

    refusing = {"no", "unsubscribed", "opted out", "maybe", "0"}
    for customer in asyncio.run(stored()):
        theirs = [row for row in rows if f"C{row[0]}" == customer.customer_id]
        refused = any(row[1] in refusing for row in theirs)
        suppressed = any(row[2] not in {"", "no", "0", "subscribed"} for row in theirs)
        young = any(row[3] in {"12", "17"} for row in theirs)
        assert (customer.exclusion is not None) == (refused or suppressed or young)


def erased(*entries: str, reason: NotSent = NotSent.ERASED) -> list[dict[str, object]]:
    """Items of the table of suppressions."""
    at = datetime(2026, 11, 26, tzinfo=UTC)
    made = (Suppression(entry=each, reason=reason, source="x", at=at) for each in entries)
    return [each.model_dump(mode="json") for each in made]


async def test_nothing_is_stored_of_who_has_been_forgotten() -> None:
    """Neither they nor what they wrote; others at their address are stored, and only counted as they are."""
    rows = [numbered(1, email="zoe@shop.example"), numbered(2, email="zoe@shop.example"), numbered(3)]
    bench = Bench()
    await bench.suppressions.put_all(erased(customer_entry("C1"), address_entry("zoe@shop.example")))
    await bench.suppressions.put_all(erased(customer_entry("C3"), reason=NotSent.UNSUBSCRIBED))
    await bench.upload(KEY, csv_lines(rows))
    run = await bench.run()
    assert [each.customer_id for each in await bench.stored_customers()] == ["C2", "C3"]
    assert set(bench.customers.items) == {("C2",), ("C3",)}
    (told,) = bench.announcer.of(DataIngested)
    assert isinstance(told, DataIngested)
    assert (told.customers, told.reviews) == (2, 2)
    (report,) = [each for each in await bench.ledger.reports(run.run_id) if each.name == "part-00001"]
    assert report.counts["customers_forgotten"] == 1
    kept = [bench.customers.items[each,] for each in ("C2", "C3")]
    keys = [key for each in kept for key in customer_keys(each["customer_id"], each["email"])]
    assert list(bench.customer_keys.items.values()) == keys
    assert report.units["dynamodb.reads"] == 3


async def test_a_part_of_people_who_have_all_been_forgotten_is_announced() -> None:
    """The other stages count parts: one that is missing would be waited for."""
    bench = Bench()
    await bench.suppressions.put_all(erased(customer_entry("C1")))
    await bench.upload(KEY, csv_lines([numbered(1)]))
    run = await bench.run()
    (told,) = bench.announcer.of(DataIngested)
    assert isinstance(told, DataIngested)
    assert (told.parts, told.customers) == (1, 0)
    assert bench.objects.stored[object_keys.customers(run.run_id, 1)] == b""
