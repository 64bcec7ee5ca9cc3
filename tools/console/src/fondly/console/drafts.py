"""What people are about to save of the shop's files: shown to them first, and the last one of each kept."""

from collections import OrderedDict
from dataclasses import dataclass, field
from secrets import token_hex

from fondly.operations.shop.preview import Preview
from fondly.operations.shop.rules import RulesView
from fondly.operations.shop.stored import StoredFile

MOST = 50


@dataclass(frozen=True)
class Draft:
    """A file as somebody wants it, as it was when they opened it, and what it would do."""

    name: str
    text: str
    seen: StoredFile
    preview: Preview | None = None
    rules: RulesView | None = None
    key: str = field(default_factory=lambda: token_hex(8))


@dataclass
class Drafts:
    """The drafts of this process, by person."""

    of: OrderedDict[str, Draft] = field(default_factory=OrderedDict)

    def keep(self, person: str, draft: Draft) -> None:
        """Keep a person's draft in the place of an earlier one."""
        self.of[person] = draft
        self.of.move_to_end(person)
        if len(self.of) > MOST:
            self.of.popitem(last=False)
