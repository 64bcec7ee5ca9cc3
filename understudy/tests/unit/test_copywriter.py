"""The copywriter states only the facts, in varied words."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.engines.copywriter import write
from understudy.engines.copywriter.facts import Own, find_facts
from understudy.engines.copywriter.products import MAX_CHARS
from understudy.engines.copywriter.repertoire import Line, find_kind, load_kinds
from understudy.engines.copywriter.said import read

_BULLETS = {
    "b1": "AUTO SHUT-OFF: switches itself off when the water boils",
    "b2": "Capacity: 1.8Ltr, wide mouth",
    "b3": "Does not come with a braided cable",
}


def _product(number: int = 1, **more: object) -> dict[str, Any]:
    return {
        "n": number,
        "name": "Acme Quick Electric Kettle 1.8 Litre",
        "title": "Acme Quick",
        "kind": "electric kettle",
        "bullets": _BULLETS,
        "price": "regular",
        "reason": {"kind": "popular", "says": "Popular in kettles"},
        "slots": [f"{number}.name", f"{number}.price"],
        **more,
    }


def _asked(task: str, **more: object) -> dict[str, Any]:
    slots = ["customer.first_name", "liked.product", "disliked.product"]
    return {
        "task": task,
        "language": "en",
        "brand": {"name": "Fondly"},
        "wordings": 3,
        "slots": slots,
        **more,
    }


def _ask(facts: dict[str, Any], attempt: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        write([f"Write.\n<facts>{json.dumps(facts)}</facts>"], schema=None, attempt=attempt)
    )
    return answer


def _on(product: dict[str, Any], **more: object) -> dict[str, list[dict[str, Any]]]:
    fields: dict[str, list[dict[str, Any]]] = _ask(_asked("product", products=[product], **more))["products"][
        str(product["n"])
    ]
    return fields


def _customer(said: str, **more: object) -> dict[str, Any]:
    own = {"name": "Ombrelle flask", "kind": "flask", "said": {"s1": said}, "stars": 5}
    return {
        "n": 1,
        "slots": [],
        "occasion": "liked",
        "own": own,
        "hero": _product(),
        "others": ["lamp"],
        **more,
    }


def _for(customer: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    fields: dict[str, list[dict[str, Any]]] = _ask(_asked("own", customers=[customer]))["customers"]["1"]
    return fields


def test_each_field_has_as_many_distinct_wordings_as_asked_for() -> None:
    """Three of each, none of them too long for an email."""
    for field, wordings in _on(_product()).items():
        texts = [each["text"] for each in wordings]
        assert len(set(texts)) == 3
        assert all(len(each) <= MAX_CHARS[field] for each in texts)


def test_evidence_is_quoted_word_for_word() -> None:
    """Each quote stands in the source that it names."""
    sources = {**_BULLETS, "name": _product()["name"]}
    quotes = [proof.split(": ", 1) for each in _on(_product())["line"] for proof in each["evidence"]]
    assert quotes
    assert all(quote in sources[source] for source, quote in quotes)


def test_equal_facts_get_equal_texts_whatever_their_number() -> None:
    """A product is written about the same alone and beside others."""
    together = _ask(_asked("product", products=[_product(1, kind="lamp"), _product(2)]))["products"]["2"]
    assert json.dumps(together).replace("{2.", "{1.") == json.dumps(_on(_product()))


def test_line_is_said_only_where_its_condition_holds() -> None:
    """What no bullet says, or what a bullet denies, is not said of a product."""
    line = Line("braid", "Wrapped in woven nylon.")
    assert line.proved_by({"b1": "Braided nylon"}) is not None
    assert line.proved_by({"b1": "Plain rubber"}) is None
    assert line.proved_by({"b1": "Comes without braid"}) is None


@pytest.mark.parametrize(
    ("said", "text"),
    [("1.8Ltr", "Holds 1.8 litres."), ("0.5 L", "Holds 0.5 litres."), ("1,7 liter", "Holds 1,7 litres.")],
)
def test_figures_are_those_of_the_catalogue(said: str, text: str) -> None:
    """The number stays as it is; its unit is written out."""
    wording = Line("<litres>", "Holds <litres>.").proved_by({"b1": f"Capacity {said}"})
    assert wording is not None
    assert wording.text == text


@pytest.mark.parametrize(
    ("label", "name", "called"),
    [
        ("Electric Kettles", "Acme", "kettle"),
        ("thing", "Acme HDMI Cable for TV", "HDMI cable"),
        ("HDMI cable", "", "HDMI cable"),
    ],
)
def test_kind_is_told_by_label_and_name(label: str, name: str, called: str) -> None:
    """The longest phrase that the repertoire knows decides."""
    kind = find_kind(label, name, "en")
    assert kind is not None
    assert kind.called == called


def test_unknown_kind_speaks_through_a_bullet() -> None:
    """A bullet that is a sentence already is said as it is; a seller's praise is not."""
    bullets = {
        "b1": "Best quality: Keeps the rope from slipping off the hook",
        "b2": "Keeps you safe for years",
    }
    lines = _on(_product(name="Acme Zorb", kind="zorb", bullets=bullets))["line"]
    assert lines[0]["text"] == "Keeps the rope from slipping off the hook."


def test_product_is_tied_to_what_the_customer_has() -> None:
    """Only where the reason says so."""
    own: dict[str, Any] = {"own": {"name": "Tizum Cable", "kind": "cable"}, "slots": ["1.name", "1.own"]}
    tied = _on(_product(reason={"kind": "goes_with", "says": "Goes with your Tizum Cable"}, **own))
    assert any("{1.own}" in each["text"] for each in tied["line"])
    assert not any("{1.own}" in each["text"] for each in _on(_product(**own))["line"])


def test_praise_of_reviewers_is_cited() -> None:
    """What they praise is told with its source; what they blame is not."""
    aspects = {"a1": "praised: sound quality (12 of 14 who mention it)", "a2": "blamed: lid (3 of 4)"}
    lines = _on(_product(aspects=aspects))["line"]
    praise = [each for each in lines if "sound quality" in each["text"]]
    assert praise[0]["evidence"][-1] == "a1: praised: sound quality"
    assert not any(proof.startswith("a2: ") for each in lines for proof in each["evidence"])


def test_refused_texts_are_not_written_again() -> None:
    """A repair asks for some fields, with what was refused."""
    refused = _on(_product())["line"][0]["text"]
    again = _on(_product(), fields=["line"], refused=[{"text": refused, "found": "x"}])
    assert set(again) == {"line"}
    assert refused not in {each["text"] for each in again["line"]}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("occasion", ["liked", "owner", "new", "sorry", "unheard of"])
@pytest.mark.parametrize("products", ["one", "several"])
def test_frames_are_varied(language: str, occasion: str, products: str) -> None:
    """Each occasion has many openings and ends."""
    frame = _ask(_asked("frame", occasion=occasion, products=products, language=language) | {"wordings": 8})
    assert {"intro", "closing"} <= set(frame)
    assert ("subject" in frame) == (occasion == "sorry")
    assert len(set(frame.pop("closing"))) == 8
    assert all(len({each["text"] for each in wordings}) == 8 for wordings in frame.values())


def test_apology_names_the_remedy() -> None:
    """It is the shop's own sentence."""
    frame = _ask(_asked("frame", occasion="sorry", products="one", remedy="Write to us for a refund."))
    assert all("Write to us for a refund." in each["text"] for each in frame["intro"])
    assert all(each["evidence"] == ["remedy: Write to us for a refund."] for each in frame["intro"])


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("The handle is comfortable", [("plus", "handle", "comfortable")]),
        ("Good sound but the cable is too short", [("plus", "sound", ""), ("minus", "cable", "")]),
        ("The lid is not good", [("minus", "lid", "")]),
        ("My mother loves the sound", []),
        ("It works well", [("plus", "", "")]),
    ],
)
def test_what_a_customer_wrote_is_read(said: str, found: list[tuple[str, str, str]]) -> None:
    """Parts, opinions and plain words for them; nothing of other people."""
    read_ = read(Own(said={"s1": said}, stars=5, kind="flask"), "en")
    assert [(each.opinion, each.aspect) for each in read_] == [each[:2] for each in found]
    assert [each.word for each in read_ if each.aspect] == [each[2] for each in found if each[1]]


def test_own_frame_speaks_of_what_was_written() -> None:
    """It names the part that was praised, proves it, and never repeats five words in a row."""
    said = "The handle of this flask is comfortable and stays cool all day"
    intro = _for(_customer(said))["intro"][0]
    assert "handle" in intro["text"]
    assert intro["evidence"][0].removeprefix("s1: ") in said
    words = said.split()
    assert not any(" ".join(words[at : at + 5]) in intro["text"] for at in range(len(words) - 4))


@pytest.mark.parametrize("occasion", ["liked", "owner", "sorry"])
def test_own_frame_has_every_field(occasion: str) -> None:
    """None has to be asked for again."""
    texts = _for(_customer("The handle is comfortable", occasion=occasion))
    assert all(texts[field] for field in ("subject", "preheader", "intro", "line", "closing"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I love that it folds flat for travel.", "your flask folds flat for travel"),
        ("The neck stays where I put it.", "the neck of your flask stays where you put it"),
        ("The lid is easy to open with one hand.", ""),
        ("The lid is easy to open at my desk.", "the lid of your flask is easy to open"),
        ("Nothing has stuck to it so far.", "nothing has stuck to your flask"),
        ("My mother says it works.", ""),
        ("Changing the colour is child's play.", ""),
    ],
)
def test_a_clause_is_told_in_other_words(said: str, told: str) -> None:
    """In the second person, of their product, and without a long run of their words."""
    read_ = read(Own(said={"s1": said}, kind="flask"), "en", "flask", "liked")
    assert [each.told for each in read_ if each.told] == ([told] if told else [])
    assert all(each.quote in said for each in read_)


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("Mantel", "Sehr bequem, ich trage ihn gern.", "Ihren Mantel finden Sie bequem"),
        ("Stiefeletten", "Fällt größengerecht aus.", "Ihren Stiefeletten"),
        ("Jeans", "Passt nicht wie angegossen.", ""),
    ],
)
def test_a_german_clause_is_told_as_what_it_comes_to(kind: str, said: str, told: str) -> None:
    """In the forms of the noun; a denial is told of nothing."""
    own = {"name": f"Acme {kind}", "kind": kind, "said": {"s1": said}, "stars": 4}
    facts = _asked("own", language="de", customers=[_customer(said, own=own)])
    intro = _ask(facts)["customers"]["1"]["intro"][0]["text"]
    assert (told in intro) if told else not re.search("Sitz|passt", intro)


def test_own_frame_leads_to_the_first_product() -> None:
    """The opening ends at the kind of the first product; the closing is asked for too."""
    hero = {"title": "Acme Quick", "kind": "electric kettle", "reason": "from our range", "bullets": _BULLETS}
    frame = _for(_customer("The handle is comfortable", hero=hero))
    assert "kettle" in frame["intro"][0]["text"] or "first" in frame["intro"][0]["text"]
    assert frame["closing"]


def test_own_apology_sells_nothing() -> None:
    """It is sorry, and names the remedy."""
    texts = _for(_customer("The lid leaks", occasion="sorry", remedy="We replace it."))
    assert all("sorry" in each["text"] and "We replace it." in each["text"] for each in texts["intro"])


def test_no_opening_is_said_to_many() -> None:
    """Over made-up customers, the openings differ."""
    parts = ["handle", "lid", "sound", "fit", "cable", "fabric"]
    intros = [
        _for(
            _customer(
                f"The {part} is {word}",
                own={"kind": kind, "said": {"s1": f"The {part} is {word}"}, "stars": 5},
            )
        )
        for part in parts
        for word in ("good", "comfortable")
        for kind in ("flask", "lamp", "radio")
    ]
    common = Counter(each["intro"][0]["text"] for each in intros).most_common(1)[0][1]
    assert common <= 2


@pytest.mark.parametrize("language", ["en", "de"])
def test_repertoire_is_whole(language: str) -> None:
    """Each kind has lines, subjects and preheaders, and every condition can be read."""
    for kind in load_kinds(language).values():
        assert kind.lines
        assert kind.subjects
        assert kind.preheaders
        for line in kind.lines:
            assert line.is_free or line.proved_by({"b1": ""}) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"brand": 7, "slots": 3, "wordings": "many", "fields": "x", "refused": "y", "praised": []},
        {"brand": {"name": None}, "language": "xx"},
        {"products": 5, "wordings": 0},
    ],
    ids=["odd members", "odd values", "odd numbers"],
)
def test_odd_facts_still_give_a_frame(odd: dict[str, Any]) -> None:
    """Facts that cannot be read are left out."""
    assert _ask(_asked("frame", **odd))["intro"]


def test_products_that_cannot_be_read_are_left_out() -> None:
    """The others are written about."""
    answer = _ask(_asked("product", products=[None, "x", _product(4)]))
    assert set(answer["products"]) == {"4"}
    assert _ask(_asked("product", products=None)) == {"products": {}}


@pytest.mark.parametrize(
    "prompt",
    ["Hello", "<facts>", "<facts>{not json</facts>", "<facts>[]</facts>", '<facts>{"task": "poem"}</facts>'],
)
def test_prompt_without_facts_of_a_known_task_gets_a_plain_answer(prompt: str) -> None:
    """Without them there is nothing to write about, and the copywriter says so."""
    assert find_facts([prompt]) is None or "poem" in prompt
    assert "nothing" in write([prompt], schema=None)


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_the_copywriter_handles_any_text_in_facts(kind: str, name: str, bullets: dict[str, str]) -> None:
    """No catalogue text makes it fail or write about another product."""
    for wordings in _on(_product(kind=kind, name=name, title=name, bullets=bullets)).values():
        assert not any("{2." in each["text"] for each in wordings)
