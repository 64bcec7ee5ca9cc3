"""The steps of an erasure, in order. Each looks at what there is: whoever was killed is simply run again."""

from collections.abc import Awaitable, Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from encore.cli.cleanup.clean import open_runs, why
from encore.cli.cleanup.scope import Scope
from encore.cli.erasure.gone import Gone
from encore.cli.erasure.items import erase_identities, erase_items, erase_products, learn_items
from encore.cli.erasure.objects import erase_objects, learn_customers, look_at_uploads
from encore.cli.erasure.users import UserErasure
from encore.cli.errors import CommandError
from encore.runtime.retry import UnprocessedError

AT_WORK = "they may write again what they have read: run the command once more when they have ended"
ANONYMOUS = "counts and averages"
NOBODY = "they say nothing of anybody: totals of products, links, what emails led to, answers kept by digests"
OUTSIDE = "what has left the system"
TOLD = "emails that were sent, and what subscribers of email-finished keep: tell them"
PRODUCTS = "products in Personalize, in runs, and with those who bought them"
NO_DELETION = (
    "AWS deletes no single item: it goes with the next import of a file that lacks it; exclude it in "
    "shop/merchandising.yaml until then"
)
Step = Callable[[], Awaitable[None]]


async def erase(scope: Scope, customer_ids: Sequence[str], *, uploads: bool, role_arn: str) -> None:
    """Erase customers; a step that fails is reported, and what does not depend on it is done."""
    gone = Gone(frozenset(customer_ids))
    learned = await _done(
        scope, ("tables", lambda: learn_items(scope, gone)), ("objects", lambda: learn_customers(scope, gone))
    )
    done = await _done(
        scope,
        ("Personalize", UserErasure(scope, gone, role_arn=role_arn).run),
        ("objects", lambda: erase_objects(scope, gone)),
        ("uploads", lambda: look_at_uploads(scope, gone, delete=uploads)),
        ("items", lambda: erase_items(scope, gone)),
    )
    if learned and done and not scope.report.failed:
        await _done(scope, ("customers", lambda: erase_identities(scope, gone)))
    if running := await open_runs(scope):
        scope.report.failure("open runs", AT_WORK, len(running))
    scope.report.note(ANONYMOUS, NOBODY)
    scope.report.note(OUTSIDE, TOLD)


async def erase_goods(scope: Scope, product_ids: Sequence[str]) -> None:
    """Erase products from the tables, and say where they stay."""
    await _done(scope, ("items", lambda: erase_products(scope, product_ids)))
    scope.report.note(PRODUCTS, NO_DELETION)


async def _done(scope: Scope, *steps: tuple[str, Step]) -> bool:
    done = True
    for what, step in steps:
        try:
            await step()
        except (ClientError, BotoCoreError, UnprocessedError, CommandError) as error:
            scope.report.failure(what, why(error))
            done = False
    return done
