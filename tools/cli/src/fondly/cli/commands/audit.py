"""`fondly audit`: who did what, and when."""

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.options import Limit, Next, following


@in_environment
async def audit(environment: Environment, *, limit: Limit = 50, before: Next = None) -> Answer:
    """Show who did what and when, the latest first.

    What is `begun` has no end: it goes on, or was broken off and may have been done.
    """
    from fondly.cli.tables.audit import ENTRIES
    from fondly.cli.tables.declaration import Remark, Table
    from fondly.operations.audit import entries

    page = await entries(environment, before=before, limit=limit)
    shown = Table(ENTRIES, page.entries) if page.entries else Remark("nobody has done anything yet")
    return Answer(page.entries, [shown], following(page.next))
