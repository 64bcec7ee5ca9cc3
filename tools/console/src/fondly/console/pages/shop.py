"""`/shop`: the shop's file as a form and as text, its rules, and what either would do before it is saved."""

import asyncio
import os
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form
from fondly.console.framing import frame
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.contracts.errors import InvalidFileError
from fondly.contracts.object_keys import SHOP_CONFIG
from fondly.operations.shop import stored
from fondly.operations.shop.form import FormField, by_key, edited, form_fields, problems_in
from fondly.operations.shop.loading import CONFIG
from fondly.operations.shop.preview import Preview, preview, themes
from fondly.operations.shop.rules import RULES, RulesView
from fondly.operations.shop.saving import check_file
from fondly.runtime.web.problems import ProblemError

ROUTES = Routes()


@dataclass(frozen=True)
class Draft:
    """A file as somebody wants it, as it was when they opened it, and what its rules match.

    The emails of customers that it leads to are made when they are shown: a draft keeps nobody's.
    """

    name: stored.FileName
    text: str
    seen: stored.StoredFile
    rules: RulesView | None = None
    key: str = field(default_factory=lambda: token_hex(8))


@ROUTES.at("/shop", Role.OPERATOR)
async def show(request: Request) -> Response:
    """Show the form: what the file in the bucket says, else the one that the stack was started with."""
    found = await stored.stored_file(request.state.environment, SHOP_CONFIG)
    own = os.environ.get(CONFIG)
    if own and not found.etag:
        found.text = await asyncio.to_thread(Path(own).read_text, "utf-8")
    return await _form(request, found, found.text, {})


@ROUTES.at("/shop", Role.OPERATOR, "POST")
async def review(request: Request) -> Response:
    """Make a draft of what was entered, or show the form again with what is wrong with it."""
    seen, fields = await _posted(request, SHOP_CONFIG)
    text = fields.get("text", "")
    try:
        if "text" not in fields:
            text = edited(seen.text, await _fields(request, seen.text), fields)
        problems = problems_in(text)
        if not problems:
            await preview(request.state.environment, text)
            return _keep(request, Draft(SHOP_CONFIG, text, seen))
    except InvalidFileError as error:
        problems = by_key(error)
    return await _form(request, seen, text or seen.text, problems, fields)


@ROUTES.at("/shop/rules", Role.OPERATOR, "GET", "POST")
async def rules(request: Request) -> Response:
    """Show the rules and what each matches in the last run's catalogue, or make a draft of others."""
    environment, posted = request.state.environment, request.method == "POST"
    if posted:
        seen, fields = await _posted(request, RULES)
        text = "\n".join([*fields.get("text", "").splitlines(), ""])
    else:
        seen = await stored.stored_file(environment, RULES)
        text = seen.text
    checked = await check_file(environment, RULES, text=text)
    if posted and checked.rules:
        return _keep(request, Draft(RULES, text, seen, rules=checked.rules))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if posted else HTTPStatus.OK
    saved = "saved" in request.query_params
    return page(request, "shop/rules.html", status=status, saved=saved, seen=seen, text=text, checked=checked)


@ROUTES.at("/shop/draft", Role.OPERATOR)
async def show_draft(request: Request) -> Response:
    """Show what would be saved: the difference, and three emails or what each rule matches."""
    draft = _draft(request)
    rows = list(stored.side_by_side(draft.seen.text, draft.text))
    mode = "dark" if request.query_params.get("mode") == "dark" else "light"
    size = "phone" if request.query_params.get("size") == "phone" else "desktop"
    known: dict[str, Any] = {"draft": draft, "preview": await _preview(request), "rows": rows}
    return page(request, "shop/draft.html", **known, mode=mode, size=size)


@ROUTES.at("/shop/draft/{number:int}/{mode}", Role.OPERATOR)
async def show_email(request: Request) -> Response:
    """Show an email of the draft, light or dark, in its frame."""
    found, number = await _preview(request), request.path_params["number"]
    if found is None or number >= len(found.emails):
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such email")
    return frame(found.emails[number].html, dark=request.path_params["mode"] == "dark")


@ROUTES.at("/shop/draft", Role.OPERATOR, "POST")
async def save(request: Request) -> Response:
    """Save the draft that was shown, unless somebody else has saved meanwhile."""
    draft, fields = _draft(request), await form(request)
    if fields.get("key") != draft.key:
        raise ProblemError(HTTPStatus.PRECONDITION_FAILED, "you have another draft meanwhile, in another tab")
    person = request.state.person.name
    await stored.save_file(request.state.environment, draft.name, draft.text, seen=draft.seen, by=person)
    request.app.state.console.drafts.pop(person, None)
    return go("/shop/rules?saved=1" if draft.name == RULES else "/shop?saved=1")


async def _form(
    request: Request,
    seen: stored.StoredFile,
    text: str,
    problems: dict[str, str],
    entered: dict[str, str] | None = None,
) -> Response:
    """Answer with the form of what was seen, with what was entered in its place."""
    fields, told = await _fields(request, seen.text), dict[str, str]()
    for key, problem in problems.items():
        near = [each.key for each in fields if f"{key}.".startswith(f"{each.key}.")]
        told[near[0] if near else ""] = problem if near else f"{key}: {problem}".removeprefix(": ")
    for each in fields:
        each.value = (entered or {}).get(each.key, each.value)
    sections: dict[str, list[FormField]] = {}
    for each in fields:
        sections.setdefault(each.key.partition(".")[0], []).append(each)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return page(
        request,
        "shop/form.html",
        status=status,
        seen=seen,
        text=text,
        sections=sections,
        problems=told,
        own_file=CONFIG in os.environ,
        saved="saved" in request.query_params,
    )


async def _fields(request: Request, text: str) -> list[FormField]:
    known = await themes(request.state.environment)
    try:
        return form_fields(text, themes=known)
    except InvalidFileError:  # what is said of it is beside its text
        return form_fields("", themes=known)


async def _posted(request: Request, name: stored.FileName) -> tuple[stored.StoredFile, dict[str, str]]:
    """Return the file that a form was made of, unless it is another now, and the form's fields."""
    fields = await form(request)
    text = "\n".join(fields.get("seen", "").split("\r\n"))  # line ends are as HTTP has them
    seen = stored.StoredFile(text=text, etag=fields.get("etag", ""))
    await stored.require_unchanged(request.state.environment, name, seen)
    return seen, fields


def _draft(request: Request) -> Draft:
    draft: Draft | None = request.app.state.console.drafts.get(request.state.person.name)
    if draft is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no draft of yours: it was saved, or is too old")
    return draft


async def _preview(request: Request) -> Preview | None:
    """Return the emails that a draft of the shop's settings leads to."""
    draft = _draft(request)
    return await preview(request.state.environment, draft.text) if draft.name == SHOP_CONFIG else None


def _keep(request: Request, draft: Draft) -> Response:
    request.app.state.console.drafts[request.state.person.name] = draft
    return go("/shop/draft")
