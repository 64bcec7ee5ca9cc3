"""A selection of a run's emails as a page on disk, which any browser shows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fondly.operations.emails.finished import Emails
from fondly.stack.collect import collect
from fondly.stack.observer import Observer
from fondly.stack.provision import Resources

PAGE = "index.html"


async def write_gallery(emails: Emails, chosen: Mapping[int, Sequence[str]], out: Path) -> Path:
    """Write the emails of these customers, by part, as a gallery into a folder; return its page."""
    run, environment = emails.run, emails.environment
    resources = Resources(tables={"emails": environment.table_name("emails")})
    store = Observer(resources, await environment.ledger(), emails.objects, environment)
    only = {part: frozenset(customers) for part, customers in chosen.items()}
    summary = {"run_id": run.run_id, "status": run.status.value}
    await collect(store, run.run_id, run.parts or 0, out, summary, only=only)
    return out / PAGE
