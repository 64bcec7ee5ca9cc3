"""Queues: what waits and how fast, alarms, a day's throughput; dead letters, their causes, redriving."""

from http import HTTPStatus
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form, natural
from fondly.console.live import event_stream
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.console.templating import fragment
from fondly.console.watching import Watching, watching
from fondly.operations.alarms import ringing
from fondly.operations.dead_letters.dead_letter import Selection
from fondly.operations.dead_letters.received import discarding
from fondly.operations.dead_letters.redrive import redrive as redrive_dead_letters
from fondly.operations.errors import OperationError
from fondly.runtime.web.problems import ProblemError

ROUTES = Routes()
EVERY_S = 5.0
SHOWN = 50
"""How many dead letters of each cause are listed; all are counted."""


@ROUTES.at("/queues", Role.VIEWER)
async def queues(request: Request) -> Response:
    """Show every queue, the alarms that ring, and the last 24 hours."""
    watched = watching(request)
    seen = request.app.state.console.live.latest("queues") or await _look(watched)
    return page(request, "queues/queues.html", **seen, day=await watched.day())


@ROUTES.at("/queues/live", Role.VIEWER)
async def queues_live(request: Request) -> Response:
    """Follow queues and alarms."""
    watched = watching(request)
    found = request.app.state.console.live.follow("queues", lambda: _look(watched), EVERY_S)
    return event_stream(found, lambda seen: fragment("queues/state.html", **seen))


async def _look(watched: Watching) -> dict[str, Any]:
    states = await watched.queues.look()
    return {"queues": states, "alarms": await ringing(watched.environment, states)}


# who only views is not shown what they contain
@ROUTES.at("/queues/{name}/dead", Role.VIEWER, acting=Role.READER)
async def dead_letters(request: Request) -> Response:
    """Show a queue's dead letters by their reasons."""
    snapshot = await watching(request).snapshots.of(request.path_params["name"])
    sent = request.query_params.get("sent")
    return page(
        request,
        "queues/dead_letters.html",
        snapshot=snapshot,
        shown=SHOWN,
        saved=len(watching(request).saved.get(snapshot.queue, ())),
        sent=natural(sent) if sent else None,
    )


@ROUTES.at("/queues/{name}/redrive", Role.OPERATOR, "POST")
async def redrive(request: Request) -> Response:
    """Send all of a queue's dead letters back, those of a run, or a single one."""
    environment, fields = request.state.environment, await form(request)
    queue = environment.known_queue(request.path_params["name"])
    message = fields.get("message")
    selection = Selection(run_id=fields.get("run") or None, message_ids=[message] if message else None)
    async with watching(request).snapshots.alone(queue):
        done = await redrive_dead_letters(
            environment, queue, selection, lambda _: None, by=request.state.person.name
        )
    return go(f"/queues/{queue}/dead?sent={done.moved}")


@ROUTES.at("/queues/{name}/dead.jsonl", Role.OPERATOR, "POST")
async def save(request: Request) -> Response:
    """Give a queue's dead letters as a file; those that it has may then be discarded."""
    environment, watched = request.state.environment, watching(request)
    queue = environment.known_queue(request.path_params["name"])
    async with watched.snapshots.alone(queue), discarding(environment, queue, Selection()) as found:
        lines, ids = found.lines, frozenset(each.message_id for each in found.selected)
    return Response(
        lines,
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="dead-letters-{queue}.jsonl"'},
        background=BackgroundTask(watched.saved.__setitem__, queue, ids),
    )


@ROUTES.at("/queues/{name}/discard", Role.OPERATOR, "POST")
async def discard(request: Request) -> Response:
    """Delete a queue's dead letters for good, if all were saved and their number is typed."""
    environment, watched, fields = request.state.environment, watching(request), await form(request)
    queue = environment.known_queue(request.path_params["name"])
    async with watched.snapshots.alone(queue), discarding(environment, queue, Selection()) as found:
        ids = {each.message_id for each in found.selected}
        if unsaved := len(ids - watched.saved.get(queue, frozenset())):
            raise ProblemError(
                HTTPStatus.PRECONDITION_FAILED, f"{unsaved} of {len(ids)} dead letters are not saved yet"
            )
        if fields.get("number", "").strip() != str(len(ids)):
            raise OperationError(f"nothing is discarded: the number to type is {len(ids)}")
        await found.delete(by=request.state.person.name)
    return go(f"/queues/{queue}/dead")
