"""Whatever understudy's copywriter may say passes the mailer's rules: none of it is written in vain."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from fondly.mailer.domain.copy.checks import problems
from fondly.mailer.domain.copy.wording import Evidence, Ground, Wording
from understudy.engines.copywriter.pools import Pools, fill
from understudy.engines.copywriter.repertoire import load_kinds

FIELDS = {
    "own.subject": "subject",
    "own.preheader": "preheader",
    "own": "intro",
    "frame.sorry.subjects": "subject",
    "frame.sorry.preheaders": "preheader",
    "frame": "intro",
    "closing": "closing",
    "subjects": "subject",
    "preheaders": "preheader",
    "lines": "line",
    "ties": "line",
}
"""The field of a table of the pools: the first that its name begins with decides."""
PLACES = {
    "en": (
        "reason=often_bought_with_a_lamp "
        "kind=called=single=lamp hero=a_kettle scene=the_desk from=the_shelf is=is has=has was=was does=does "
        "s=s it=it Here=Here_is a=sound b=cable aspect=sound word=comfortable use=for_the_train "
        "theme=kitchen told=your_lamp_folds_flat but=the_cord_of_your_lamp_is_short thing=A_cup"
    ),
    "de": (
        "reason=oft_gekauft_zu_Lampen "
        "kind=Lampe hero=den_hero=eine_Kanne scene=für_den_Flur Ihr=Ihr_acc=Ihre Ihrem=Ihrer a=der_Klang "
        "b=das_Kabel aspect=Klang theme=Küche thing=Eine_Tasse told=Ihre_Lampe_finden_Sie_schön"
    ),
}
"""What stands in the places of their sentences."""
PRODUCTS = ("liked.product", "disliked.product", "praised.product", "blamed.product", "1.name", "1.own")
SLOTS = {
    **dict.fromkeys(PRODUCTS, "Quill"),
    "customer.first_name": "N" * 24,
    "1.price": "900",
    "praised.aspect": "sound",
    "blamed.aspect": "sound",
}
FIGURE = "7 kg"
_MEASURE, _ESCAPE, _WORDS = re.compile(r"<\w+>"), re.compile(r"\\[a-zA-Z]"), re.compile(r"\w+")
SAID = {"s1": "Very nice"}
ABOUT = {"name": "Quill", "kind": "pen", "own": "Quill", "reason": "Goes with your Quill"}


class Text(NamedTuple):
    """A text that may be written, the table that it is from, and the words that prove it."""

    table: str
    text: str
    proof: str = ""

    @property
    def field(self) -> str:
        """The field that it is for."""
        return next(field for table, field in FIELDS.items() if self.table.startswith(table))

    def problems(self, language: str) -> list[str]:
        """Return what the mailer refuses in it, in an email with one product if it may be in one."""
        told = SAID if self.table.startswith(("own", "closing")) else {}
        praise = {"a1": "praised: sound"} if self.table == "lines.praise" else {}
        proof = {"b1": self.proof} if self.proof else {}
        cited = {**told, **praise, **proof}
        ground = Ground(
            language,
            "Fondly",
            {**ABOUT, **cited},
            SLOTS,
            reduced="{1.price}" in self.text,
            goes_with_own=True,
            better_rated=self.table.endswith("better_rated"),
            of_several=self.table.endswith(("several", "themed")),
            apology="sorry" in self.table,
        )
        evidence = tuple(Evidence(source, quote) for source, quote in cited.items())
        return [str(each) for each in problems(self.field, Wording(self.text, evidence), ground)]


def _known(language: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for *names, text in (each.split("=") for each in PLACES[language].split()):
        known |= dict.fromkeys(names, text.replace("_", " "))
    begun = {name: f"{text[:1].upper()}{text[1:]}" for name, text in known.items()}
    capitals = {name.title(): begun[name] for name in ("a", "told", "word") if name in known}
    slots = {slot.removeprefix("1."): f"{{{slot}}}" for slot in SLOTS}
    return {**slots, **capitals, **{f"{name}_up": text for name, text in begun.items()}, **known}


def _of_pools(language: str) -> Iterator[Text]:
    tables = Pools.load(language).tables
    known = _known(language)
    for name in tables.keys() & {table.partition(".")[0] for table in FIELDS}:
        for table, texts in _lists(name, tables[name]):
            yield from (Text(table, fill(each, known)) for each in texts)


def _lists(name: str, table: Mapping[str, object] | list[str]) -> Iterator[tuple[str, list[str]]]:
    if isinstance(table, list):
        yield name, table
        return
    for key, each in table.items():
        if isinstance(each, (dict, list)):
            yield from _lists(f"{name}.{key}", each)


def _of_kinds(language: str) -> Iterator[Text]:
    for kind in load_kinds(language).values():
        yield from (Text("subjects", text) for text in kind.subjects)
        yield from (Text("preheaders", text) for text in kind.preheaders)
        yield from (
            Text("lines", _MEASURE.sub(FIGURE, each.text), _words(each.condition)) for each in kind.lines
        )


def _words(condition: str) -> str:
    return " ".join(_WORDS.findall(_MEASURE.sub(f" {FIGURE} ", _ESCAPE.sub(" ", condition))))


@pytest.mark.parametrize("language", PLACES)
def test_every_text_passes(language: str) -> None:
    """Those of the pools with words in their places, those of the repertoire with a figure for a measure."""
    texts = {*_of_pools(language), *_of_kinds(language)}
    assert all(each.text for each in texts)
    assert {each.text: found for each in texts if (found := each.problems(language))} == {}
