"""What a customer's product and the first product are called, with the forms of words about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from understudy.engines.copywriter.chance import Told, drawn
from understudy.engines.copywriter.facts import Product
from understudy.engines.copywriter.pools import FIRST_NAME, Pools
from understudy.engines.copywriter.repertoire import find_kind, words_of

if TYPE_CHECKING:
    from understudy.engines.copywriter.facts import Customer
    from understudy.engines.copywriter.repertoire import Kind

_MANY = ("are", "do", "have", "were", "them", "they", "")
_ONE = ("is", "does", "has", "was", "it", "it", "s")
"""Forms of verbs and pronouns for what the customer has."""
_YOURS = {
    "m": {"Ihr": "Ihr", "Ihrem": "Ihrem", "Ihr_acc": "Ihren"},
    "n": {"Ihr": "Ihr", "Ihrem": "Ihrem", "Ihr_acc": "Ihr"},
    "f": {"Ihr": "Ihre", "Ihrem": "Ihrer", "Ihr_acc": "Ihre"},
    "p": {"Ihrem": "Ihren", "Ihr_acc": "Ihre"},
}
"""No sentence has a verb for a plural, nor the dative of a noun that does not end in "n" or "s"."""
_JOINS = (
    *("often bought with", "bought with", "to go with your", "better rated than your"),
    *("oft gekauft zu", "auch gekauft zu", "besser bewertet als"),
)
"""How reasons begin that can follow the name of a product."""
_PLAIN_KIND = re.compile(r"[A-Za-z][a-z]*(?:[ -][A-Za-z]+){0,2}")
_AN = re.compile(r"[aeio]|hdmi|led\b|lcd|sd\b|u(?!s|ni|te)", re.IGNORECASE)


@dataclass
class Nouns:
    """Names what one customer has and is shown first."""

    customer: Customer
    language: str
    source: Told
    """What the choice of places depends on."""

    @cached_property
    def kinds(self) -> tuple[Kind | None, Kind | None]:
        """What the repertoire knows of the customer's product, and of the first product."""
        own, hero = self.customer.own, self.customer.hero or Product()
        own_kind = find_kind(own.kind, own.name, self.language)
        return own_kind, find_kind(hero.kind, hero.title, self.language)

    @cached_property
    def called(self) -> str:
        """What the customer's product is called; empty if there is nothing but a shelf's label."""
        own = self.customer.own
        return self._called(own.kind, own.name, self.kinds[0])

    def _called(self, label: str, name: str, kind: Kind | None) -> str:
        """Return what the repertoire calls a kind if its label says so too, or else the label."""
        if self.language == "de":
            return kind.called if kind and kind.called.lower() in f"{label} {name}".lower() else ""
        if kind and kind.called.split()[-1] in words_of(label):
            return kind.called
        return label if _PLAIN_KIND.fullmatch(label) else kind.called if kind and not label else ""

    @cached_property
    def known(self) -> dict[str, str]:
        """What sentences may name of what they have and of the first product."""
        kind, first = self.kinds
        many = kind.plural if kind and kind.called == self.called else is_plural(self.called)
        words = dict(
            zip(("is", "does", "has", "was", "it", "they", "s"), _MANY if many else _ONE, strict=True)
        )
        yours = _YOURS.get(kind.gender if kind else "", {})
        is_declined = yours.get("Ihrem") == "Ihren" and self.called[-1:] not in {"n", "s"}
        words |= {name: each for name, each in yours.items() if name != "Ihrem" or not is_declined}
        words |= {FIRST_NAME: f"{{{FIRST_NAME}}}"} if FIRST_NAME in self.customer.slots else {}
        words |= {"kind": self.called, "called": self.called} if self.called else {}
        words |= {"single": self.called} if self.called and not many else {}
        return words | self._place("from", kind) | self._place("scene", first) | self._hero(first)

    def _place(self, name: str, kind: Kind | None) -> dict[str, str]:
        scenes = Pools.load(self.language).of(f"scenes.{kind.theme if kind else ''}")
        place = next(drawn(scenes, name, self.source), None)
        return {name: place, f"{name}_up": begun(place)} if place else {}

    def _hero(self, kind: Kind | None) -> dict[str, str]:
        """Return what the first product is called, with its article."""
        hero = self.customer.hero or Product()
        if not (called := self._called(hero.kind, hero.title, kind)):
            return {}
        many = kind.plural if kind and kind.called == called else is_plural(called)
        if self.language == "de" and many:
            return {"den_hero": called}
        forms = {"m": ("ein ", "einen "), "n": ("ein ", "ein "), "f": ("eine ", "eine ")}
        article, accusative = forms.get(kind.gender if kind else "", ("", ""))
        if self.language != "de" and not many:
            article = "an " if _AN.match(called) else "a "
        here = "Here are" if many else "Here is"
        named = f"{article}{called}"
        reason = {"reason": says} if (says := hero.reason.says).startswith(_JOINS) else {}
        return {
            "hero": named,
            "hero_up": begun(named),
            "den_hero": f"{accusative}{called}",
            "Here": here,
            **reason,
        }


def is_plural(called: str) -> bool:
    """Whether a noun is a plural, as far as its end tells."""
    return called.endswith("s") and not called.endswith("ss")


def begun(text: str) -> str:
    """Return a text as it begins a sentence."""
    return text[:1].upper() + text[1:]
