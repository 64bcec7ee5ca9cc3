"""Which of a run's emails are wanted, as their index can say."""

import json
import re
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict, ValidationError

from fondly.contracts.email_index import EmailIndexRow, Facet
from fondly.contracts.records import CopySource, ReasonKind, RecommendationSource
from fondly.operations.errors import OperationError

MOST_TEXT_CHARS = 200
YES = "yes"
ASKED = {each: each.value for each in Facet} | {Facet.COPY: "copy_source"}
"""The members of a filter that facets are asked for by."""
MEMBERS = {
    **ASKED,
    Facet.REASON: "reasons",
    Facet.TEMPLATE: "template_fields",
    Facet.REFUSED: "refused_fields",
}
"""The members of a row that they are read from."""


class EmailFilter(BaseModel):
    """Which emails are wanted: those that have all that is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    reason: ReasonKind | None = None
    copy_source: CopySource | None = None
    template: str = ""
    """A field with house text."""
    refused: str = ""
    """A field of which a wording was refused."""
    repaired: bool = False
    occasion: str = ""
    """`sorry` for apologies."""
    source: RecommendationSource | None = None
    language: str = ""
    variant: str = ""
    product: str = ""
    """A product id."""
    wording: str = ""
    """A `wording_digest`."""
    text: str = ""
    """In the subject, the preheader, the name that is greeted or that of a product, in any case."""

    @property
    def facets(self) -> list[str]:
        """The names of the counts that the emails belong to."""
        wanted = {facet: getattr(self, name) for facet, name in ASKED.items()}
        return [facet.of(YES if value is True else value) for facet, value in wanted.items() if value]

    @property
    def is_counted(self) -> bool:
        """Whether the index says how many there are: nothing but one facet is asked for."""
        return len(self.facets) <= 1 and not (self.product or self.wording or self.text)

    def find(self, lines: Iterable[bytes]) -> Iterator[tuple[int, EmailIndexRow]]:
        """Yield such emails among the lines of a part, each with its number from 0."""
        marks, text, facets = self._marks, self.text.casefold()[:MOST_TEXT_CHARS], set(self.facets)
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        for number, line in enumerate(lines):
            if all(each.search(line) for each in marks) and (not text or written in line.decode().casefold()):
                row = EmailIndexRow.model_validate_json(line)
                if facets.issubset(row.facets()) and self._suits(row, text):
                    yield number, row

    @property
    def _marks(self) -> list[re.Pattern[bytes]]:
        """What the line of every such email has in it: few others have to be read."""
        asked = {MEMBERS[facet]: getattr(self, name) for facet, name in ASKED.items()}
        told = {
            rf'"{name}":(\[[^]]*)?': value for name, value in {**asked, "product_id": self.product}.items()
        }
        return [
            re.compile((before + re.escape(json.dumps(value, ensure_ascii=False))).encode())
            for before, value in (*told.items(), ("", self.wording))
            if value
        ]

    def _suits(self, row: EmailIndexRow, text: str) -> bool:
        products = {each.product_id: each.name for each in row.products}
        said = (row.subject, row.preheader, row.name or "", *products.values())
        return (
            (not self.product or self.product in products)
            and (not self.wording or self.wording in row.wordings.values())
            and (not text or any(text in each.casefold() for each in said))
        )


def filter_of(**wanted: str) -> EmailFilter | None:
    """Return the filter for what is given; None for nothing; raise `OperationError` for what there is not."""
    given = {name: value for name, value in wanted.items() if value}
    try:
        return EmailFilter.model_validate(given) if given else None
    except ValidationError as error:
        first = error.errors()[0]
        found = str(first["input"])[:40]
        raise OperationError(f"{first['loc'][0]}: found {found!r}: {first['msg']}") from error
