"""Pages of things that are numbered in the order in which they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from understudy.wire.errors import ServiceError

DEFAULT_PAGE = 100


class Numbered(Protocol):
    """Something with its place in the order."""

    number: int


Item = TypeVar("Item", bound=Numbered)


def numbered_page(
    items: Iterable[Item],
    *,
    ascending: bool,
    token: str | None,
    limit: int | None,
    invalid_token: Callable[[], ServiceError],
) -> tuple[Sequence[Item], str | None]:
    """Return one page of the items, the newest first unless `ascending`, and the token of the next, if any.

    The token is the number of the last item shown, so items that come or go between two pages move no other.
    Raises the error that `invalid_token` makes for a token that no page had.
    """
    last = _number(token, invalid_token)
    following = (
        item for item in items if last is None or (item.number > last if ascending else item.number < last)
    )
    found = sorted(following, key=lambda item: item.number, reverse=not ascending)
    shown = found[: limit or DEFAULT_PAGE]
    return shown, str(shown[-1].number) if len(shown) < len(found) else None


def _number(token: str | None, invalid_token: Callable[[], ServiceError]) -> int | None:
    if token is None:
        return None
    if not (token.isascii() and token.isdecimal()):
        raise invalid_token()
    return int(token)
