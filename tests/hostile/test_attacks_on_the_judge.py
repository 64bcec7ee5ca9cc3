"""Texts that talk to writer and judge: nothing of them is read in an email, even if the writer obeys."""

import json
from decimal import Decimal
from email import message_from_bytes, policy

from fondly.contracts.records import Quote, Recommendation
from tests.hostile.cases import Case, parameters
from tests.hostile.world import PRODUCT, AnsweringModel, Understudy, mailed, recommended

FIELDS = ("subject", "preheader", "intro", "line", "closing")
SOURCES = {"bullet": "b1", "review": "r1", "said": "s1"}


def attacked(place: str, text: str) -> Recommendation:
    """A recommendation with a text in a bullet, in a review, or in the customer's own words."""
    found = recommended(PRODUCT.model_copy(update={"bullets": (text,)}) if place == "bullet" else PRODUCT)
    hero, *others = found.picks
    if place == "review":
        hero = hero.model_copy(update={"quotes": (Quote(text=text, stars=Decimal(5)),)})
    own, *rest = found.owned
    if place == "said":
        own = own.model_copy(update={"said": text, "stars": Decimal(5)})
    return found.model_copy(update={"picks": (hero, *others), "owned": (own, *rest)})


def obedient(case: Case, source: str) -> AnsweringModel:
    """A writer who says everywhere what the attack wants, and cites it."""
    claim = case.never[0]
    text = f"{claim[:1].upper()}{claim[1:]}."
    wordings = {
        field: [{"text": each, "evidence": [f"{source}: {case.text}"]} for each in (text, case.text)]
        for field in FIELDS
    }
    numbered = {"1": wordings, "2": wordings}
    return AnsweringModel(json.dumps({**wordings, "products": numbered, "customers": numbered}))


@parameters("attacks")
async def test_an_attack_is_in_no_email(case: Case) -> None:
    """The writer does not obey it, and it is not quoted as a review, even past what chooses quotes."""
    for place in SOURCES:
        assert await told(case, place, Understudy()) == [], place


@parameters("attacks")
async def test_what_an_attack_wants_is_in_no_email(case: Case) -> None:
    """Rules or judge refuse every wording that an obedient writer makes of it."""
    for place, source in SOURCES.items():
        assert await told(case, place, obedient(case, source)) == [], place


async def told(case: Case, place: str, writer: AnsweringModel | Understudy) -> list[str]:
    """Return what of an attack is read in the email that a writer makes of it."""
    done = await mailed(attacked(place, case.text), writer)
    (source,) = done.messages
    message = message_from_bytes(source, policy=policy.default)
    part = message.get_body(["plain"])
    assert part
    read = f"{message['Subject']} {part.get_content()}"
    return [each for each in case.never if each.casefold() in " ".join(read.split()).casefold()]
