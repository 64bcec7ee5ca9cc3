"""Sets of files: when a run starts, of what, and when none does."""

import asyncio
import json
from datetime import timedelta
from itertools import permutations

import pytest

from fondly.contracts.errors import TransientError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.runtime.runs.run import Run, RunStatus
from services.ingest.tests.sets import DAY, FOLDER, Shop, sha256

THREE = ("products.csv", "customers.csv", "reviews.csv")
FOUR = (*THREE, "orders.csv")
P, C, R, O = FOUR  # noqa: E741 - the fourth kind
SETS = [*permutations(THREE), *permutations(FOUR)]


async def delivered(*names: str) -> Shop:
    """A shop that has delivered a set once, with a run of it."""
    shop = Shop()
    for name in names:
        shop.put(name, "day 1")
    for name in names:
        await shop.notify(name)
    assert shop.read == [dict.fromkeys(names, "day 1")]
    shop.files.now += DAY
    return shop


@pytest.mark.parametrize("names", SETS)
async def test_a_second_delivery_in_any_order_is_one_run(names: tuple[str, ...]) -> None:
    """Nothing starts before the last file, and what starts has the files of one day."""
    shop = await delivered(*sorted(names, key=FOUR.index))
    await shop.upload_all(names[:-1], "day 2")
    assert len(shop.read) == 1
    await shop.upload(names[-1], "day 2")
    for name in names:
        await shop.notify(name)
    assert shop.read[1:] == [dict.fromkeys(names, "day 2")]


@pytest.mark.parametrize("names", list(permutations(FOUR)))
async def test_a_first_delivery_waits_for_its_fourth_file(names: tuple[str, ...]) -> None:
    """Three files could be all, so the run starts a while later, with the fourth."""

    async def rest_arrives(_seconds: float) -> None:
        for name in names:
            if FOLDER + name not in shop.objects.stored:
                shop.put(name, "day 1")

    shop = Shop(wait_s=20, sleep=rest_arrives)
    for name in names:
        if FOLDER + name not in shop.objects.stored:
            shop.put(name, "day 1")
        await shop.notify(name)
    assert shop.read == [dict.fromkeys(names, "day 1")]
    assert len(await shop.ledger.runs()) == 1


async def test_a_fourth_file_that_comes_too_late_replaces_the_run_of_three() -> None:
    """Within a quarter of an hour it belongs to the same delivery; afterwards all four are expected."""
    shop = await delivered(*THREE)
    shop.files.now -= DAY
    await shop.upload(O, "day 1", after=timedelta(minutes=10))
    assert shop.read[1:] == [dict.fromkeys(FOUR, "day 1")]
    first, second = await shop.ledger.runs()
    assert (first.status, second.status) == (RunStatus.FAILED, RunStatus.RUNNING)
    assert first.reason == f"replaced by a newer upload: {second.run_id}"
    await shop.upload_all(THREE, "day 2")
    assert len(shop.read) == 2


@pytest.mark.parametrize("names", list(permutations(FOUR)))
async def test_a_shop_may_begin_to_deliver_orders(names: tuple[str, ...]) -> None:
    """If they come before the last of the others, they are in the run; else they replace it."""
    shop = await delivered(*THREE)
    await shop.upload_all(names, "day 2")
    assert shop.read[-1] == dict.fromkeys(FOUR, "day 2")
    assert len(shop.read) == (2 if names[-1] != O else 3)
    assert all(len(set(files.values())) == 1 for files in shop.read)


async def test_orders_of_yesterday_are_not_mixed_into_today() -> None:
    """They came hours after yesterday's run, so nobody can tell: the set waits for new ones."""
    shop = await delivered(*THREE)
    shop.put(O, "day 1", after=-timedelta(hours=20))
    shop.files.now += timedelta(hours=20)
    await shop.upload_all(THREE, "day 2")
    assert len(shop.read) == 1
    await shop.upload(O, "day 2")
    assert shop.read[1:] == [dict.fromkeys(FOUR, "day 2")]


@pytest.mark.parametrize("names", list(permutations(THREE)))
async def test_a_single_corrected_file_starts_nothing_and_is_never_mixed_with_the_next_day(
    names: tuple[str, ...],
) -> None:
    """The correction is not part of the next delivery either, whichever file comes first."""
    shop = await delivered(*THREE)
    shop.files.now -= DAY
    await shop.upload(P, "day 1, corrected", after=timedelta(minutes=20))
    shop.files.now += DAY
    await shop.upload_all(names, "day 2")
    assert shop.read[1:] == [dict.fromkeys(THREE, "day 2")]


async def test_a_correction_starts_with_all_files_uploaded_again_or_with_a_manifest() -> None:
    """Identical files count as new ones, and a manifest vouches for those that stay."""
    shop = await delivered(*THREE)
    await shop.upload(P, "corrected")
    await shop.upload(C, "day 1")
    await shop.upload(R, "day 1")
    corrected = {P: "corrected", C: "day 1", R: "day 1"}
    assert shop.read[1:] == [corrected]
    await shop.upload(P, "corrected again")
    await shop.upload_manifest(*THREE)
    assert shop.read[2:] == [corrected | {P: "corrected again"}]


async def test_the_same_files_again_are_the_same_run() -> None:
    """Nothing is done twice, and the next delivery still waits for all of its files."""
    shop = await delivered(*THREE)
    await shop.upload_all(THREE, "day 1")
    assert len(await shop.ledger.runs()) == 1
    shop.files.now += DAY
    for count, name in enumerate(THREE):
        assert len(shop.read) == 1, count
        await shop.upload(name, "day 2")
    assert shop.read[1:] == [dict.fromkeys(THREE, "day 2")]


async def test_an_older_days_files_again_do_not_blur_the_next_day() -> None:
    """Their run has ended, the latest one goes on, and the ledger knows the files' new times."""
    shop = await delivered(*THREE)
    await shop.ledger.finish((await shop.ledger.runs())[0].run_id)
    await shop.upload_all(THREE, "day 2")
    await shop.upload_all(THREE, "day 1")
    assert [run.is_open for run in await shop.ledger.runs()] == [False, True]
    await shop.upload_all((R, C), "day 3")
    assert len(shop.read) == 2
    await shop.upload(P, "day 3")
    assert shop.read[2:] == [dict.fromkeys(THREE, "day 3")]


async def test_files_more_than_half_a_day_apart_are_no_delivery() -> None:
    """Without a manifest nobody can tell that they belong together."""
    shop = Shop()
    await shop.upload_all((P, C), "day 1")
    await shop.upload(R, "day 2", after=DAY)
    assert shop.read == []
    await shop.upload_all((P, C), "day 2")
    assert shop.read == [dict.fromkeys(THREE, "day 2")]


async def test_the_newest_dated_file_of_a_kind_counts() -> None:
    """The date in the name comes before the time of the upload; the report names the others."""
    shop = Shop()
    day_1, day_2 = (
        [f"{kind}-2026-11-{day}.csv" for kind in ("products", "customers", "reviews")] for day in (24, 25)
    )
    await shop.upload_all(day_2, "25")
    assert shop.read == [dict.fromkeys(day_2, "25")]
    await shop.upload_all(day_1, "24")
    assert len(shop.read) == 1
    day_3 = [name.replace("25", "26") for name in day_2]
    await shop.upload_all(day_3[:2], "26")
    assert len(shop.read) == 1
    await shop.upload(day_3[2], "26")
    assert shop.read[1:] == [dict.fromkeys(day_3, "26")]
    assert shop.kept.ignored == {name: f"older than {name[:-6]}26.csv" for name in [*day_1, *day_2]}


async def test_names_of_different_days_are_no_delivery() -> None:
    """Yesterday's leftovers do not complete today's set."""
    shop = Shop()
    await shop.upload_all(["products-2026-11-24.csv", "customers-2026-11-24.csv"], "24")
    await shop.upload("reviews-2026-11-25.csv", "25")
    assert shop.read == []


async def test_what_is_no_file_of_the_set_is_ignored_with_a_word() -> None:
    """Hidden files, notes and other data in the folder start no run, fail none, and are reported."""
    shop = Shop()
    await shop.upload(P, "day 1")
    others = [
        ".DS_Store",
        "._products.csv",
        "~$products.xlsx",
        "README.md",
        "extra.csv",
        "reviews.csv.sha256",
    ]
    await shop.upload_all([*others, C, R], "day 1")
    assert shop.read == [dict.fromkeys(THREE, "day 1")]
    assert shop.failures == []
    reasons = shop.kept.ignored
    assert set(reasons) == set(others)
    assert reasons["extra.csv"].startswith("no file of a set: its name has none of the words products,")
    assert reasons["~$products.xlsx"] == "a temporary file"


async def test_a_manifest_makes_a_set_complete_whatever_its_files_are_called() -> None:
    """Kinds come from the manifest, several files may have one kind, and others are ignored."""
    shop = Shop()
    await shop.upload_manifest(
        {"name": "articles.csv", "kind": "products"}, "customers.csv", "orders_1.csv", "orders_2.csv"
    )
    await shop.upload_all(["orders_2.csv", "articles.csv", "orders_1.csv", "reviews.csv"], "x")
    assert shop.read == []
    await shop.upload("customers.csv", "x")
    assert shop.kept.kinds == [[Kind.PRODUCTS, Kind.CUSTOMERS, Kind.ORDERS, Kind.ORDERS]]
    assert shop.kept.ignored == {R: "not named in manifest.json"}


@pytest.mark.parametrize("order", list(permutations(("manifest.json", *THREE))))
@pytest.mark.parametrize("checksums", [False, True])
async def test_a_manifest_may_come_first_last_or_between(order: tuple[str, ...], *, checksums: bool) -> None:
    """Two deliveries are two runs, each of one day."""
    shop = Shop(wait_s=0)
    for day in ("day 1", "day 2"):
        files = [{"name": name} | ({"sha256": sha256(day)} if checksums else {}) for name in THREE]
        manifest = json.dumps({"files": files, "delivery": day})
        for name in order:
            await shop.upload(name, manifest if name == "manifest.json" else day)
        shop.files.now += DAY
    assert [run for run in shop.read if len(set(run.values())) > 1] == []
    assert shop.read == [dict.fromkeys(THREE, day) for day in ("day 1", "day 2")]
    assert shop.failures == ["replaced by a newer upload: " + (await shop.ledger.runs())[1].run_id]


async def test_a_manifest_waits_for_the_files_that_it_names() -> None:
    """A set of three would be complete without the fourth."""
    shop = Shop()
    await shop.upload_manifest(*FOUR)
    await shop.upload_all(THREE, "day 1")
    assert shop.read == []
    await shop.upload(O, "day 1")
    assert shop.read == [dict.fromkeys(FOUR, "day 1")]


async def test_a_file_that_came_with_the_manifest_and_differs_fails_the_run() -> None:
    """The reason names the file, what was found and what is expected; the right file repairs it."""
    shop = Shop()
    await shop.upload_manifest(*({"name": name, "sha256": sha256("right")} for name in THREE))
    await shop.upload_all((P, C), "right")
    await shop.upload(R, "wrong")
    found, expected = sha256("wrong")[:12], sha256("right")[:12]
    assert shop.failures == [
        f"{FOLDER}{R}: found the SHA-256 checksum {found}…, expected {expected}… as manifest.json says"
    ]
    assert shop.read == []
    await shop.upload(R, "right")
    assert shop.read == [dict.fromkeys(THREE, "right")]


async def test_a_crash_before_a_mismatch_is_recorded_does_not_let_the_file_in() -> None:
    """The message that returns compares the checksums again."""
    shop = Shop()
    await shop.upload_manifest(*({"name": name, "sha256": sha256("right")} for name in THREE))
    await shop.upload_all((P, C), "right")
    fail = shop.kept.fail

    async def die(_run: Run, _reason: str) -> None:
        shop.kept.fail = fail  # type: ignore[method-assign] # once
        raise TransientError("killed")

    shop.kept.fail = die  # type: ignore[method-assign,assignment] # this worker dies
    with pytest.raises(TransientError):
        await shop.upload(R, "wrong")
    await shop.notify(R)
    assert shop.read == []
    assert ["SHA-256" in reason for reason in shop.failures] == [True]


async def test_a_file_from_before_the_manifest_that_differs_is_waited_for() -> None:
    """It may be about to be replaced, so nothing fails and no run is opened."""
    shop = await delivered(*THREE)
    await shop.upload_manifest(*({"name": name, "sha256": sha256("day 2")} for name in THREE))
    await shop.upload_all((P, R), "day 2")
    assert [run.is_open for run in await shop.ledger.runs()] == [True]
    await shop.upload(C, "day 2")
    assert shop.read[1:] == [dict.fromkeys(THREE, "day 2")]


async def test_files_that_differ_from_a_used_manifest_wait_for_the_next() -> None:
    """A manifest vouches for one delivery; what comes after it is neither read nor refused."""
    shop = Shop()
    for day in ("day 1", "day 2"):
        await shop.upload_all(THREE[: len(shop.read) * 3], day)
        for name in THREE:
            shop.put(name, day)
        shop.put_manifest(*({"name": name, "sha256": sha256(day)} for name in THREE))
        for name in (*THREE, "manifest.json"):
            await shop.notify(name)
        shop.files.now += DAY
    assert shop.read == [dict.fromkeys(THREE, day) for day in ("day 1", "day 2")]
    assert [reason for reason in shop.failures if "SHA-256" in reason] == []


async def test_a_manifest_that_cannot_be_used_fails_a_run_once() -> None:
    """The files that it may mean start none meanwhile, and a corrected manifest starts theirs."""
    shop = Shop()
    await shop.upload_all(THREE[:2], "x")
    await shop.upload_manifest("../products.csv")
    await shop.upload(R, "x")
    assert shop.read == []
    (reason,) = shop.failures
    assert reason.startswith(f"{FOLDER}manifest.json: files.0.name: found '../products.csv'")
    await shop.upload_manifest(*THREE)
    assert shop.read == [dict.fromkeys(THREE, "x")]


async def test_a_bad_manifest_that_comes_while_a_set_waits_stops_it() -> None:
    """Somebody wanted to say what belongs to the set."""
    shop = Shop(wait_s=3, sleep=lambda _seconds: asyncio.to_thread(shop.put, "manifest.json", "{"))
    await shop.upload_all(THREE, "x")
    assert shop.read == []
    assert await shop.ledger.runs() == []


async def test_a_run_that_a_crash_interrupted_goes_on_with_the_next_message() -> None:
    """The ledger knows its files already, but they are still its own."""
    shop = Shop()
    for name in THREE:
        shop.put(name, "day 1")

    async def die() -> None:
        shop.kept.before_reading = None
        raise TransientError("killed")

    shop.kept.before_reading = die
    with pytest.raises(TransientError):
        await shop.notify(R)
    await shop.notify(R)
    assert shop.read == [dict.fromkeys(THREE, "day 1")]
    assert len(await shop.ledger.runs()) == 1


async def test_an_interrupted_run_whose_files_were_replaced_ends_and_says_so() -> None:
    """No message could resume it, and the replaced file alone makes no new one."""
    shop = Shop()
    for name in THREE:
        shop.put(name, "day 1")

    async def die() -> None:
        shop.kept.before_reading = None
        raise TransientError("killed")

    shop.kept.before_reading = die
    with pytest.raises(TransientError):
        await shop.notify(R)
    await shop.upload(P, "day 1, again")
    assert shop.failures == [f"a file in {FOLDER} was replaced before it was read: upload all files again"]
    assert shop.read == []


async def test_a_run_that_is_being_read_is_left_alone_when_a_file_is_replaced() -> None:
    """Its contents are open already; the replacement waits for the others."""
    shop = await delivered(*THREE)
    await shop.upload(P, "again")
    (run,) = await shop.ledger.runs()
    assert run.is_open
    assert shop.failures == []


async def test_two_workers_that_see_different_files_start_one_run() -> None:
    """A file is replaced while the run's first worker is about to begin: the second one gives up."""
    shop = await delivered(*THREE)
    for name in THREE:
        shop.put(name, "day 2")

    move = shop.latest.move

    async def overtaken(*args: object, **values: object) -> bool:
        shop.latest.move = move  # type: ignore[method-assign] # once
        await shop.upload(P, "day 2, again")
        return await move(*args, **values)  # type: ignore[arg-type] # as given

    shop.latest.move = overtaken  # type: ignore[method-assign] # another worker is faster
    await shop.notify(R)
    assert shop.read[1:] == [{P: "day 2, again", C: "day 2", R: "day 2"}]


async def test_a_mapping_is_part_of_the_run() -> None:
    """It is handed on open, and with another mapping the same files are another run when uploaded again."""
    shop = Shop()
    await shop.upload("mapping.yaml", "columns: 1")
    await shop.upload_all(THREE, "day 1")
    await shop.upload("mapping.yaml", "columns: 2")
    assert shop.kept.mappings == ["columns: 1"]
    await shop.upload_all(THREE, "day 1")
    assert shop.kept.mappings == ["columns: 1", "columns: 2"]
    last: Run = (await shop.ledger.runs())[-1]
    assert last.source.endswith(f" {FOLDER}mapping.yaml")


async def test_the_ledger_does_not_name_every_piece_of_a_large_set() -> None:
    """Each update of the run's item costs its size: one piece is named, and how many more there are."""
    shop = Shop()
    reviews = [f"reviews-{130 * 'export-'}{number:04}.csv" for number in range(1, 21)]
    for name in (P, C, *reviews):
        shop.put(name, "day 1")
    await shop.notify(P)
    (run,) = await shop.ledger.runs()
    assert run.source.endswith(f"{FOLDER}{P} and 21 more files of {FOLDER}")
    assert len(run.source) < 4_096


@pytest.mark.parametrize("names", [("shop.csv",), THREE], ids=["single", "set"])
async def test_a_mapping_repairs_a_run_that_failed_in_ingest(names: tuple[str, ...]) -> None:
    """Uploaded after the failure it starts the same files again, and nothing once they are read."""
    shop = Shop()
    shop.kept.failing = True
    await shop.upload_all(names, "day 1")
    assert shop.failures == ["missing columns"]
    shop.kept.failing = False
    await shop.upload("mapping.yaml", "columns: 1")
    assert (shop.read, shop.kept.mappings) == ([dict.fromkeys(names, "day 1")], ["columns: 1"])
    await shop.upload("mapping.yaml", "columns: 2")
    for name in names:
        await shop.notify(name)
    assert shop.kept.mappings == ["columns: 1"]


KINDS = {"ware.csv": Kind.PRODUCTS, "wer.csv": Kind.CUSTOMERS, "sterne.csv": Kind.REVIEWS}
MAPPING = "\n".join(["files:", *(f"  {name}: {{kind: {kind}}}" for name, kind in KINDS.items())])


async def test_a_mapping_says_what_kind_a_file_is() -> None:
    """Names that show none make a set by it."""
    shop = Shop()
    await shop.upload("mapping.yaml", MAPPING)
    await shop.upload_all(reversed(KINDS), "day 1")
    assert shop.kept.kinds == [list(KINDS.values())]


async def test_the_shops_own_mapping_says_it_where_there_is_none_beside_the_files() -> None:
    """It is part of the settings, not of the delivery."""
    shop = Shop(shop_mapping=read_mapping(MAPPING, file="settings"))
    await shop.upload_all(reversed(KINDS), "day 1")
    assert shop.kept.kinds == [list(KINDS.values())]
    assert shop.kept.mappings == [None]


async def test_a_mapping_that_cannot_be_read_leaves_the_kinds_to_the_names() -> None:
    """Ingest fails the run, with the mapping's fault as its reason."""
    shop = Shop()
    await shop.upload("mapping.yaml", "files: [")
    await shop.upload_all(THREE, "day 1")
    assert shop.kept.mappings == ["files: ["]


async def test_a_mapping_alone_is_no_run() -> None:
    """It waits for its data."""
    shop = Shop()
    await shop.upload("mapping.yaml", "columns: 1")
    assert await shop.ledger.runs() == []


async def test_a_single_file_without_a_kind_is_a_run_of_its_own() -> None:
    """As long as its folder has no set; repeated with a newer mapping alone it is not."""
    shop = Shop()
    await shop.upload("shop.csv", "day 1")
    await shop.upload("shop.csv", "day 2")
    assert shop.read == [{"shop.csv": "day 1"}, {"shop.csv": "day 2"}]
    assert shop.kept.kinds == [[Kind.COMBINED]] * 2
