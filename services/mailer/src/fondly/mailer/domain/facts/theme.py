"""One email, one idea: what the picks have in common, and which of them are shown for it."""

from collections.abc import Sequence

from fondly.contracts.records import Pick, ReasonKind

WEAK = frozenset(
    {ReasonKind.POPULAR, ReasonKind.POPULAR_IN_CATEGORY, ReasonKind.WELL_RATED, ReasonKind.ASSORTMENT}
) | {ReasonKind.ALSO_BOUGHT, ReasonKind.SAME_SHELF}
"""Reasons that say little of the customer: such a pick is shown for the theme, or to fill an email."""
ENOUGH = 3
MOST_OF_AN_APOLOGY = 2


def theme_of(picks: Sequence[Pick]) -> tuple[str, ...]:
    """Return the category nearest to the leaf that the first pick shares with most others; empty for none."""
    hero, *others = (pick.product.category for pick in picks)
    paths = (hero[:depth] for depth in range(len(hero), 0, -1))
    return next((path for path in paths if 2 * sum(_is_in(each, path) for each in others) > len(others)), ())


def shown(picks: Sequence[Pick], *, apology: bool) -> tuple[Pick, ...]:
    """Return the picks that an email shows: the best one, those of the theme, then the others.

    Weak ones beside the theme are left out while enough stay; an apology keeps few.
    """
    theme = theme_of(picks)
    kept = sorted(picks[1:], key=lambda pick: not _belongs(pick, theme))
    for pick in reversed(kept):
        if len(kept) < ENOUGH:
            break
        if pick.reason.kind in WEAK and not _belongs(pick, theme):
            kept = [each for each in kept if each is not pick]
    return (picks[0], *kept)[: MOST_OF_AN_APOLOGY if apology else None]


def _belongs(pick: Pick, theme: tuple[str, ...]) -> bool:
    return bool(theme) and _is_in(pick.product.category, theme)


def _is_in(category: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return category[: len(path)] == path
