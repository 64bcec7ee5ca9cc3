"""Runs: all of them, and what a marketer must know of one."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import natural
from fondly.console.live import event_stream
from fondly.console.rendering import page
from fondly.console.roles import Role, Routes
from fondly.console.templating import fragment
from fondly.contracts.revisions import RunRevisions
from fondly.operations.delivery.views import WORDS, DeliveryLookup, DeliveryView
from fondly.operations.emails.by_customer import compare_emails
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.judging import judgements
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.environment import Environment
from fondly.operations.errors import NotFoundError
from fondly.operations.runs.comparing import Comparison, compare
from fondly.operations.runs.facts import in_words
from fondly.operations.runs.lookup import find_run, list_runs, run_before, run_details
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import MAKING, Run, RunStatus, StageName
from fondly.runtime.runs.tally import Tally

ROUTES = Routes()
PER_PAGE = 50
LOOK_EVERY_S = 2.0


@ROUTES.at("/runs", Role.VIEWER)
async def runs(request: Request) -> Response:
    """List runs, the latest first."""
    asked = request.query_params
    status = asked.get("status") if asked.get("status") in set(RunStatus) else None
    source, before = asked.get("from") or None, asked.get("next") or None
    environment = request.state.environment
    found = await list_runs(environment, limit=PER_PAGE, status=status, source=source, before=before)
    wanted = {"status": status or "", "from": source or ""}
    return page(request, "runs/list.html", found=found, wanted=wanted, statuses=list(RunStatus))


async def run_of(request: Request) -> tuple[Environment, Ledger, Run]:
    """Return the run that a path names; raise `OperationError` if there is none."""
    environment: Environment = request.state.environment
    ledger = await environment.ledger()
    return environment, ledger, await find_run(ledger, request.path_params["run_id"])


@ROUTES.at("/runs/{run_id}", Role.VIEWER)
async def run(request: Request) -> Response:
    """Show a run: who gets mail and who not, what it costs, what is new, what was decided."""
    environment, ledger, found = await run_of(request)
    details, news, judged = await asyncio.gather(
        run_details(environment, ledger, found),
        _news(environment, ledger, found),
        judgements(environment, found.run_id),
    )
    return page(
        request,
        "runs/run.html",
        run=details,
        state=await state_of(environment, found, details.delivery),
        judged=judged,
        news=news,
        told=in_words(details.facts),
    )


async def _news(environment: Environment, ledger: Ledger, run: Run) -> Comparison | None:
    before = await run_before(ledger, run) if run.has_ended else None
    return await compare(environment, ledger, run, before) if before else None


@dataclass(frozen=True)
class State:
    """How far a run is, and its delivery: what few reads tell."""

    run: Run
    delivery: Delivery | None
    revisions: RunRevisions
    tally: Tally | None
    """What has become of the emails that go out, or of the copies of a sample for seeds."""

    @property
    def stages(self) -> list[tuple[str, int, int | None]]:
        """Each stage that has begun or will: its name, its parts that are done, and all of them."""
        stages = (*MAKING, StageName.SENDER) if self.delivery else MAKING
        return [(each, len(self.run.stage(each).done), self.run.parts) for each in stages]

    @property
    def rendering(self) -> int:
        """How many parts are being rendered anew."""
        return self.revisions.rendering

    @property
    def meaning(self) -> str:
        """What the delivery's status means; empty without one."""
        return WORDS[self.delivery.status].meaning if self.delivery else ""

    @property
    def name(self) -> str:
        """What another page is needed for, once it is another."""
        delivery = self.delivery
        told = (delivery.status, len(delivery.decisions), delivery.revision) if delivery else ()
        return "-".join(map(str, (self.run.status, *told, not self.rendering)))


async def state_of(environment: Environment, run: Run, view: DeliveryView | None = None) -> State:
    """Read how far a run and its delivery are; given its `view`, the tally is not read again."""
    lookup = await DeliveryLookup.of(environment)
    delivery = view.delivery if view else await lookup.deliveries.find(run.run_id)
    tally: Tally | None = None
    if delivery and delivery.released:
        of_copies = delivery.status is DeliveryStatus.SAMPLE and delivery.seeds
        if view:
            tally = view.seeds if of_copies else view.tally
        else:
            tally = await lookup.deliveries.tally(delivery.copies if of_copies else run.run_id)
    return State(run, delivery, await lookup.revisions.find(run.run_id), tally)


@ROUTES.at("/runs/{run_id}/live", Role.VIEWER)
async def live(request: Request) -> Response:
    """Tell how far a run is, as it goes on; once its page is not right any more, have that loaded anew."""
    environment, ledger, found = await run_of(request)
    seen, back = request.query_params.get("seen", ""), request.query_params.get("back", "")

    async def look() -> State:
        return await state_of(environment, await ledger.run(found.run_id))

    def told(state: State) -> str:
        stale = bool(seen) and state.name != seen
        return fragment("runs/progress.html", state=state, stale=stale, back=back if back in BACK else "")

    follow = request.app.state.console.live.follow(("run", found.run_id), look, LOOK_EVERY_S)
    return event_stream(follow, told)


BACK = frozenset({"", "/delivery", "/wordings"})
"""The pages of a run that follow it."""


@ROUTES.at("/runs/{run_id}/compare/{other}", Role.VIEWER)
async def comparison(request: Request) -> Response:
    """Show a run beside another."""
    environment, ledger, found = await run_of(request)
    other = await find_run(ledger, request.path_params["other"])
    compared = await compare(environment, ledger, found, other)
    return page(request, "runs/compare.html", compared=compared, run_id=found.run_id)


@ROUTES.at("/runs/{run_id}/compare/{other}/emails", Role.READER)
async def by_customer(request: Request) -> Response:
    """Show what customers' emails are beside those of another run; given a `key`, both of one customer's."""
    environment, ledger, run = await run_of(request)
    other, asked = await find_run(ledger, request.path_params["other"]), request.query_params
    if key := asked.get("key"):
        both = (run, asked.get("part")), (other, asked.get("beside"))
        found = [(each.run_id, await _email(environment, each, key, part)) for each, part in both]
        return page(request, "runs/beside.html", run_id=run.run_id, both=found)
    next_page = asked.get("next") or None
    compared = await compare_emails(environment, run.run_id, other.run_id, next=next_page)
    return page(request, "runs/by_customer.html", run_id=run.run_id, other=other.run_id, compared=compared)


async def _email(environment: Environment, run: Run, key: str, part: str | None) -> OneEmail | None:
    with suppress(NotFoundError):
        return await OneEmail.of(await Emails.of(environment, run), key, natural(part) or None)
    return None
