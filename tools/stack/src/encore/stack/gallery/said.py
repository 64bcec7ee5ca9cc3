"""What a run's customers said, as the gallery shows it above the emails."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from encore.contracts.records import AspectCount
from encore.stack.formatting import count, share
from encore.stack.gallery.model import GalleryAspect
from encore.stack.sentiment_figures import criticism, label_mix, languages, praise, sentiment_of

ASPECTS = 5


@dataclass(frozen=True, slots=True)
class Said:
    """The label mix as (label, share, texts, per cent), notes on it, and the aspects that stand out."""

    labels: list[tuple[str, str, str, float]]
    notes: list[str]
    praised: list[GalleryAspect]
    blamed: list[GalleryAspect]


def said(summary: Mapping[str, Any]) -> Said | None:
    """Return what `summary.json` says of sentiment; None if it says nothing."""
    found = sentiment_of(summary)
    if found is None:
        return None
    notes = [f"{share(found.unscored_share)} of {count(found.texts)} texts not scored"]
    if spoken := languages(found):
        notes.append("languages: " + ", ".join(f"{code} {count(texts)}" for code, texts in spoken))
    return Said(
        labels=[
            (each.label.lower(), share(each.share), count(each.texts), round(each.share * 100, 2))
            for each in label_mix(found)
        ],
        notes=notes,
        praised=_aspects(found.praised, "praised", praise),
        blamed=_aspects(found.blamed, "blamed", criticism),
    )


def _aspects(
    counts: Iterable[AspectCount], verdict: str, words: Callable[[AspectCount], str]
) -> list[GalleryAspect]:
    return [GalleryAspect(each.aspect, verdict, words(each)) for each in list(counts)[:ASPECTS]]
