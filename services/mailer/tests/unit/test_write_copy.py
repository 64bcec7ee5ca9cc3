import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from fondly.contracts.records import CopySource, Reason, ReasonKind
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.copy.house_text import house_text
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.count_part import copy_records
from fondly.mailer.use_cases.write_copy import Copywriter, PartCopy, WrittenCopy
from services.mailer.tests.fakes import LIE, InMemoryModel, InMemoryWriter, asked
from tests.support.kept_answers import InMemoryKeptAnswers

MakeAnswer = Callable[..., dict[str, object]]
MakeFacts = Callable[..., EmailFacts]


def copywriter(model: InMemoryModel) -> Copywriter:
    """A copywriter who has asked nothing yet."""
    ask_once = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers(), parallel=4)
    judge = AskOnce(model=model, model_id="judge", kept=InMemoryKeptAnswers(), parallel=4)
    return Copywriter(ask_once=ask_once, judge=judge, style=Style(brand="Fondly Shop", locale="en_IN"))


async def written(model: InMemoryModel, *everybody: EmailFacts) -> tuple[list[WrittenCopy], PartCopy]:
    """The copy of the emails of a part, and all that may be said in them."""
    writer = copywriter(model)
    part = await writer.prepare(everybody, payer="part-1")
    return [writer.write(each, part, seed=each.customer_id) for each in everybody], part


def verdicts(part: PartCopy) -> list[str]:
    """Why wordings were refused, a line each."""
    return [str(each) for wordings in part.wordings.values() for each in wordings.judged.verdicts]


def repairs(model: InMemoryModel) -> list[dict[str, object]]:
    """The facts of the requests for repairs."""
    told = [asked(each.text) for each in model.prompts]
    return [each for each in told if "refused" in each]


async def test_wordings_that_pass_are_used(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """One call for the frame and one for the five products; every field has one of the model's wordings."""
    model = InMemoryWriter(make_answer())
    [copy], _ = await written(model, facts)
    assert copy.assembled.source is CopySource.AI
    assert (model.calls, copy.assembled.template_fields) == (2, ())
    assert dict(copy.assembled.copy.fields())["lines.3"] == "A lamp for late reading."
    assert "{2.f1}" in copy.assembled.copy.lines["2"]
    assert (len(copy.prompt_keys), copy.repair_keys) == (6, ())


async def test_one_refused_wording_costs_no_further_call(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """The other wordings of the field are enough; why it was refused is kept."""
    model = InMemoryWriter(make_answer(closing=[LIE, "See you soon!"]))
    [copy], part = await written(model, facts)
    assert model.calls == 2
    assert copy.assembled.copy.closing == "See you soon!"
    assert {each.partition(":")[0] for each in verdicts(part)} == {"closing"}


async def test_only_the_refused_field_is_asked_for_again(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """The request names the field and what was wrong; the other fields keep their wordings."""

    class Repairing(InMemoryWriter):
        """Writes a better closing when asked for one, and a worse intro that nobody asked for."""

        def reply_to(self, text: str) -> ModelReply:
            """Repair."""
            if "refused" in asked(text):
                return ModelReply(text=json.dumps({"closing": ["Until next time!"], "intro": [LIE]}))
            return super().reply_to(text)

    model = Repairing(make_answer(closing=[LIE]))
    [copy], _ = await written(model, facts)
    assert (model.calls, copy.assembled.source) == (3, CopySource.AI)
    assert copy.assembled.copy.closing == "Until next time!"
    assert copy.assembled.copy.intro.startswith("You liked")
    [request] = repairs(model)
    assert request["fields"] == ["closing"]
    assert {each["text"] for each in request["refused"]} == {LIE}  # type: ignore[attr-defined] # a list of objects
    assert json.loads(model.prompts[-1].schema)["required"] == ["closing"]
    assert len(copy.repair_keys) == 1


async def test_a_field_that_fails_twice_gets_template_copy(
    facts: EmailFacts, make_answer: MakeAnswer
) -> None:
    """Only that field; and only that product is asked about again."""
    model = InMemoryWriter(make_answer(lines={"2": [LIE]}))
    [copy], _ = await written(model, facts)
    assert (copy.assembled.source, copy.assembled.template_fields) == (CopySource.MIXED, ("lines.2",))
    assert copy.assembled.copy.lines["2"] == house_text("lines.2", facts)
    assert copy.assembled.copy.lines["3"] == "A lamp for late reading."
    [request] = repairs(model)
    assert (request["fields"], request["products"][0]["kind"]) == (["line"], "Kettles")  # type: ignore[index] # a list of objects


async def test_template_text_replaces_answers_that_cannot_be_used(facts: EmailFacts) -> None:
    """Every field has template copy, and the verdicts say what was wrong with the answers."""
    model = InMemoryModel(ModelReply(text="Sure!"), ModelReply(refusal="the model stopped early: max_tokens"))
    [copy], part = await written(model, facts)
    assert copy.assembled.source is CopySource.TEMPLATE
    assert set(verdicts(part)) == {"answer: not JSON", "answer: the model stopped early: max_tokens"}


async def test_equal_facts_are_asked_once_and_read_differently(
    facts: EmailFacts, make_answer: MakeAnswer
) -> None:
    """However many customers have them; and nobody reads a slot."""
    model = InMemoryWriter(make_answer())
    everybody = [replace(facts, customer_id=f"C{number}", first_name=None) for number in range(40)]
    copies, _ = await written(model, *everybody)
    assert model.calls == 2
    assert len({tuple(copy.assembled.copy.lines.values()) for copy in copies}) == 4
    texts = [text for copy in copies for _, text in copy.assembled.copy.fields()]
    assert all("{customer.first_name}" not in text for text in texts)


async def test_a_customers_own_product_makes_no_other_question(
    make_facts: MakeFacts, make_answer: MakeAnswer
) -> None:
    """Its name is a slot: people who like different things share the answers, and each reads their own."""
    model = InMemoryWriter(make_answer())
    names = ("Solero Wall Charger", "Vireo Coffee Set")
    everybody = [
        make_facts(f"C{name}", reasons=[Reason(kind=ReasonKind.LIKED, product_name=name)]) for name in names
    ]
    copies, part = await written(model, *everybody)
    assert (model.calls, len(part.wordings)) == (2, 6)
    intros = [
        copy.assembled.copy.filled(facts.slots).intro for copy, facts in zip(copies, everybody, strict=True)
    ]
    assert all(name in intro for name, intro in zip(names, intros, strict=True))


async def test_a_shared_text_is_judged_for_each_product(
    make_facts: MakeFacts, make_answer: MakeAnswer
) -> None:
    """Two products may be told of alike: what the catalogue says of one is no proof for the other."""
    model = InMemoryWriter(make_answer(lines={"3": ["A velvet lamp."]}))
    velvet, plain = (
        _with_bullets(make_facts(customer), bullets)
        for customer, bullets in (("C1", ("Velvet shade",)), ("C2", ()))
    )
    [first, second], part = await written(model, velvet, plain)
    assert first.prompt_keys == second.prompt_keys
    assert model.calls == 2 + 1
    [shared] = [each for each in copy_records(part, model_id="claude", payer="part-1") if each.verdicts]
    assert (len(shared.answers), shared.verdicts[0].text) == (2, "A velvet lamp.")
    assert first.assembled.copy.lines["3"] == "A velvet lamp."
    assert second.assembled.template_fields == ("lines.3",)


def _with_bullets(facts: EmailFacts, bullets: Sequence[str]) -> EmailFacts:
    """The facts with another catalogue entry of the lamp, of which the model is told the same."""
    products = list(facts.products)
    entry = products[2].entry.model_copy(update={"bullets": tuple(bullets)})
    products[2] = replace(products[2], entry=entry)
    return replace(facts, products=tuple(products))


async def test_an_apology_does_not_open_with_an_offer(make_facts: MakeFacts, make_answer: MakeAnswer) -> None:
    """Its subject and preheader are those of its frame, others' are about their first product."""
    words = make_answer(
        intro=["We chose with care."], subject=["Another look?"], preheader=["Chosen with care."]
    )
    facts = make_facts(reasons=[Reason(kind=ReasonKind.POPULAR)])
    sorry = replace(facts, experience=replace(facts.experience, occasion=Occasion.SORRY, disliked="Lamp"))
    model = InMemoryWriter(words)
    [copy], _ = await written(model, sorry)
    frames = [told for each in model.prompts if (told := asked(each.text))["task"] == "frame"]
    assert [each["occasion"] for each in frames] == ["sorry"]
    assert (copy.assembled.copy.subject, copy.assembled.copy.preheader) == (
        "Another look?",
        "Chosen with care.",
    )


async def test_a_customer_reads_the_same_words_again(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """A part that is delivered again makes the same email."""
    first, _ = await written(InMemoryWriter(make_answer()), facts)
    again, _ = await written(InMemoryWriter(make_answer()), facts)
    assert first == again
