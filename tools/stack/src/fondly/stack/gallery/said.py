"""What a run's customers said, as the gallery shows it above the emails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fondly.contracts.records import AspectCount
from fondly.operations.formatting import count, share
from fondly.operations.runs.sentiment_figures import label_mix, languages, sentiment_of
from fondly.stack.gallery.model import GalleryAspect

ASPECTS = 5


@dataclass(frozen=True, slots=True)
class Said:
    """The label mix as (label, share, texts, per cent), what is not scored, and which aspects stand out."""

    labels: list[tuple[str, str, str, float]]
    unscored: str
    texts: str
    languages: list[str]
    praised: list[GalleryAspect]
    blamed: list[GalleryAspect]


def said(summary: Mapping[str, Any]) -> Said | None:
    """Return what `summary.json` says of sentiment; None if it says nothing."""
    found = sentiment_of(summary)
    if found is None:
        return None
    return Said(
        labels=[
            (each.label.lower(), share(each.share), count(each.texts), round(each.share * 100, 2))
            for each in label_mix(found)
        ],
        unscored=share(found.unscored_share),
        texts=count(found.texts),
        languages=[f"{code} {count(texts)}" for code, texts in languages(found)],
        praised=[_aspect(each, "praised", each.praised) for each in found.praised[:ASPECTS]],
        blamed=[_aspect(each, "blamed", each.blamed) for each in found.blamed[:ASPECTS]],
    )


def _aspect(counts: AspectCount, verdict: str, number: int) -> GalleryAspect:
    return GalleryAspect(counts.aspect, verdict, f"{count(number)} of {count(counts.mentions)}")
