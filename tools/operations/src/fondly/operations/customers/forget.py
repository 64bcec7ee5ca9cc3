"""The steps of forgetting, in order. Each looks at what there is: whoever was killed is simply run again."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts.object_keys import UPLOADS
from fondly.operations.audit import each_noted
from fondly.operations.cleanup.clean import open_runs, why
from fondly.operations.cleanup.scope import Scope, open_scope, pauses
from fondly.operations.customers.consent import suppress_forgotten
from fondly.operations.customers.gone import Gone
from fondly.operations.customers.items import (
    Whom,
    erase_identities,
    erase_items,
    erase_products,
    get,
    learn_items,
)
from fondly.operations.customers.items import whom as find_whom
from fondly.operations.customers.ledger import scrub_ledger
from fondly.operations.customers.objects import (
    FILES,
    erase_objects,
    erase_requests,
    erase_uploads,
    learn_customers,
)
from fondly.operations.customers.proof import Forgotten, Place, Proof
from fondly.operations.customers.search import CUSTOMERS, Search
from fondly.operations.customers.traces import Trace, Traces
from fondly.operations.customers.users import UserErasure
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.retry import UnprocessedError

AT_WORK = (
    "they may write again what they have read: run the command once more when they have ended, or --wait"
)
NOBODY = "they say nothing of anybody: totals of products, links, what emails led to, answers kept by digests"
YOURS = "yours, and not rewritten, for a new version would start a run: give --uploads to delete them"
THEIRS_TOO = "they are not about these customers; nobody writes to the address any more"
KNOWN_STILL = (
    "who they are goes last, once nothing else is left: the command has to know it when it is run again"
)
NO_DELETION = (
    "AWS deletes no single item: it counts as sold out from the next file on that lacks it, and goes with "
    "the next import of a whole catalogue; exclude it in shop/merchandising.yaml until then"
)
Step = Callable[[], Awaitable[None]]


async def forget(
    scope: Scope, gone: Gone, *, by: str, uploads: bool, role_arn: str, wait: bool = False
) -> Forgotten:
    """Forget customers, and search everything for them; there is no proof if nothing was to be changed.

    A step that fails is reported, and what does not depend on it is done. With `wait` it is done once more
    after the runs that were at work have ended, as far as `scope.timeout_s` allows.
    """
    noting = each_noted(scope.environment, gone.digests, by=by, act="forget")
    async with nullcontext() if scope.dry_run else noting:
        proof = await _forget(scope, gone, uploads=uploads, role_arn=role_arn, wait=wait)
    return Forgotten(rows=scope.report.rows, proof=proof)


async def forget_customers(
    environment: Environment, *, whom: Whom, uploads: bool = False, dry_run: bool = False, by: str
) -> Forgotten:
    """Forget customers, and prove that nothing is left of them."""
    role_arn = await environment.role_arn("personalize")
    async with open_scope(environment, dry_run=dry_run) as scope:
        return await forget(scope, await find_whom(scope, whom), by=by, uploads=uploads, role_arn=role_arn)


async def _forget(scope: Scope, gone: Gone, *, uploads: bool, role_arn: str, wait: bool) -> Proof | None:
    running = await open_runs(scope)
    proof = await _pass(scope, gone, uploads=uploads, role_arn=role_arn)
    if wait and running and not scope.dry_run and await _ended(scope, running):
        scope.report.again()
        proof = await _pass(scope, gone, uploads=uploads, role_arn=role_arn)
    if left := set(await open_runs(scope)) & set(running):
        scope.report.failure("open runs", AT_WORK, len(left))
    scope.report.note("counts and averages", NOBODY)
    return proof


async def _pass(scope: Scope, gone: Gone, *, uploads: bool, role_arn: str) -> Proof | None:
    """Forget what there is now. Nothing is written to them from the first change on."""
    learned = await _done(
        scope, ("tables", lambda: learn_items(scope, gone)), ("objects", lambda: learn_customers(scope, gone))
    )
    done = await _done(
        scope,
        ("suppressions", lambda: suppress_forgotten(scope, gone)),
        ("Personalize", UserErasure(scope, gone, role_arn=role_arn).run),
        ("objects", lambda: erase_objects(scope, gone)),
        ("uploads", lambda: _forget_uploads(scope, gone, delete=uploads)),
        ("ledger", lambda: scrub_ledger(scope, gone)),
        ("items", lambda: erase_items(scope, gone)),
    )
    if scope.dry_run:
        await _done(scope, ("customers", lambda: erase_identities(scope, gone)))
        return None
    proof = Proof()

    async def prove() -> None:
        nonlocal proof
        proof = await Search(scope, traces_of(gone), but_identities=True).run()
        scope.report.left("records of other customers that name the address", proof.others, THEIRS_TOO)

    if not await _done(scope, ("search", prove)):
        return None
    if learned and done and _may_end(scope, proof):
        await _done(scope, ("customers", lambda: _end(scope, gone, proof)))
    else:
        scope.report.failure("items of customers", KNOWN_STILL, len(gone.customer_ids))
    return proof


async def _end(scope: Scope, gone: Gone, proof: Proof) -> None:
    """Delete who they are, and look whether that is gone."""
    await erase_identities(scope, gone)
    await erase_requests(scope, gone)
    for each in sorted(gone.customer_ids):
        if await get(scope, CUSTOMERS, {"customer_id": each}) is not None:
            proof.found_places += 1
            proof.found.append(Place(where=CUSTOMERS, name=each, trace=Trace.ID))


def _may_end(scope: Scope, proof: Proof) -> bool:
    """Whether nobody needs to know any more who they are: what is left would be found by the ids alone."""
    by_id = [each for each in proof.found if each.name.startswith(UPLOADS) and each.trace is Trace.ID]
    return not scope.report.failed and len(by_id) == proof.found_places


async def _forget_uploads(scope: Scope, gone: Gone, *, delete: bool) -> None:
    """Delete versions of uploads that were replaced, and say which files name them, or delete these, too."""
    found = (await Search(scope, traces_of(gone)).objects(UPLOADS)).found
    current = {each.name for each in found if each.is_latest}
    versions: dict[str, set[str]] = {}
    for each in found:
        if delete or not each.is_latest:
            versions.setdefault(each.name, set()).add(each.version or "null")
    await erase_uploads(scope, versions, replaced=set() if delete else set(versions))
    if not delete:
        scope.report.left(FILES, len(current), YOURS)


async def erase_goods(scope: Scope, product_ids: Sequence[str]) -> None:
    """Forget products in the tables, and say where they stay."""
    await _done(scope, ("items", lambda: erase_products(scope, product_ids)))
    scope.report.note("products in Personalize, in runs, and with those who bought them", NO_DELETION)


def traces_of(gone: Gone) -> Traces:
    """What to look for."""
    return Traces(gone.customer_ids, frozenset(gone.emails))


async def _ended(scope: Scope, runs: Sequence[str]) -> bool:
    """Wait for runs to end; False if that takes too long."""
    scope.tell(f"waiting for {len(runs)} open runs to end")
    async for _ in pauses(scope.timeout_s):
        if set(runs).isdisjoint(await open_runs(scope)):
            return True
    return False


async def _done(scope: Scope, *steps: tuple[str, Step]) -> bool:
    done = True
    for what, step in steps:
        try:
            await step()
        except (ClientError, BotoCoreError, UnprocessedError, OperationError) as error:
            scope.report.failure(what, why(error))
            done = False
    return done
