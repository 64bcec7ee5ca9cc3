import json
from collections.abc import Callable
from dataclasses import replace

from fondly.contracts.records import CopySource, OwnProduct, Quote, Reason, ReasonKind, Recommendation
from fondly.mailer.domain.copy.house_text import house_text
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.experience import Experience, Occasion
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.count_part import copy_records
from fondly.mailer.use_cases.write_copy import Copywriter, PartCopy, WrittenCopy
from services.mailer.tests.conftest import REASONS
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


def writing(model: InMemoryModel) -> int:
    """How many calls asked for words."""
    return sum(asked(each.text)["task"] != "judge" for each in model.prompts)


def repairs(model: InMemoryModel) -> list[dict[str, object]]:
    """The facts of the requests for repairs."""
    told = [asked(each.text) for each in model.prompts]
    return [each for each in told if "refused" in each]


async def test_wordings_that_pass_are_used(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """A call for the frame, the first product and the others; every field has one of the model's wordings."""
    model = InMemoryWriter(make_answer())
    [copy], _ = await written(model, facts)
    assert copy.assembled.source is CopySource.AI
    assert (writing(model), copy.assembled.template_fields) == (3, ())
    assert dict(copy.assembled.copy.fields())["lines.3"] == "A lamp for late reading."
    assert "switches itself off" in copy.assembled.copy.lines["2"]
    assert (len(copy.prompt_keys), copy.repair_keys, len(copy.judge_keys)) == (6, (), 6)


async def test_one_refused_wording_costs_no_further_call(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """The other wordings of the field are enough; why it was refused is kept."""
    model = InMemoryWriter(make_answer(closing=[LIE, "See you soon!"]))
    [copy], part = await written(model, facts)
    assert writing(model) == 3
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
    assert (writing(model), copy.assembled.source) == (4, CopySource.AI)
    assert copy.assembled.copy.closing == "Until next time!"
    assert copy.assembled.copy.intro.startswith("You liked")
    [request] = repairs(model)
    assert request["fields"] == ["closing"]
    assert {each["text"] for each in request["refused"]} == {LIE}  # type: ignore[attr-defined] # a list of objects
    [schema] = [json.loads(each.schema) for each in model.prompts if '"refused": [{' in each.text]
    assert schema["required"] == ["closing"]
    assert len(copy.repair_keys) == 1


async def test_a_field_that_fails_twice_gets_house_text(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """Only that field; and only that product is asked about again."""
    model = InMemoryWriter(make_answer(lines={"2": [LIE]}))
    [copy], _ = await written(model, facts)
    assert (copy.assembled.source, copy.assembled.template_fields) == (CopySource.MIXED, ("lines.2",))
    assert copy.assembled.copy.lines["2"] == house_text("lines.2", facts)
    assert copy.assembled.copy.lines["3"] == "A lamp for late reading."
    [request] = repairs(model)
    assert (request["fields"], request["products"][0]["kind"]) == (["line"], "kettle")  # type: ignore[index] # a list of objects


async def test_house_text_replaces_answers_that_cannot_be_used(facts: EmailFacts) -> None:
    """Every field has house text, and the verdicts say what was wrong with the answers."""
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
    assert writing(model) == 3
    assert len({tuple(copy.assembled.copy.lines.values()) for copy in copies}) == 4
    texts = [text for copy in copies for _, text in copy.assembled.copy.fields()]
    assert all("{customer.first_name}" not in text for text in texts)


async def test_a_frame_is_shared_whatever_the_customers_own_product_is(
    make_facts: MakeFacts, make_answer: MakeAnswer
) -> None:
    """Its name is a slot: people who like different things share the answers, and each reads their own."""
    model = InMemoryWriter(make_answer())
    names = ("Solero Wall Charger", "Vireo Coffee Set")
    reasons = [[Reason(kind=ReasonKind.LIKED, product_name=name), *REASONS[1:]] for name in names]
    everybody = [make_facts(f"C{number}", reasons=each) for number, each in enumerate(reasons)]
    copies, part = await written(model, *everybody)
    assert (writing(model), len(part.wordings)) == (3, 6)
    intros = [
        copy.assembled.copy.filled(facts.slots).intro for copy, facts in zip(copies, everybody, strict=True)
    ]
    assert all(name in intro for name, intro in zip(names, intros, strict=True))


async def test_what_the_judge_refuses_is_not_said(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """The words that it names go back to the writer; the other wordings stay."""
    model = InMemoryWriter(make_answer(lines={"3": [f"A lamp. {LIE}"]}))
    [copy], part = await written(model, facts)
    assert copy.assembled.template_fields == ("lines.3",)
    assert verdicts(part) == 2 * [f"line: unproved: no fact says so ({LIE!r})"]
    [request] = repairs(model)
    assert [each["found"] for each in request["refused"]] == [LIE]  # type: ignore[attr-defined] # a list of objects


async def test_without_a_judgement_nothing_is_said(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """A judge whose answer cannot be read has accepted nothing."""
    model = InMemoryWriter(make_answer())
    judge = InMemoryModel(ModelReply(text='{"questions": {}}'))
    asks = AskOnce(model=judge, model_id="judge", kept=InMemoryKeptAnswers(), parallel=4)
    writer = replace(copywriter(model), judge=asks)
    part = await writer.prepare([facts], payer="part-1")
    assert writer.write(facts, part, seed="1").assembled.source is CopySource.TEMPLATE
    assert {each.rpartition(": ")[2].partition(" (")[0] for each in verdicts(part)} == {"not judged"}


async def test_a_shop_may_do_without_a_judge(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """Then the rules in code decide alone, and nothing is paid for judging."""
    model = InMemoryWriter(make_answer(closing=[LIE]))
    writer = replace(copywriter(model), judge=None)
    part = await writer.prepare([facts], payer="part-1")
    written = writer.write(facts, part, seed="1")
    assert (model.calls, written.assembled.copy.closing, written.judge_keys) == (3, LIE, ())


async def test_whoever_said_something_has_a_frame_of_their_own(
    make_answer: MakeAnswer, recommend: Callable[..., Recommendation]
) -> None:
    """Before the shared one, with a line on the first product; who said nothing reads the shared one."""
    own = {
        "subject": ["The sound, next"],
        "preheader": ["One cable more."],
        "line": ["For the sound you praised."],
        "closing": ["Write to us if it hums."],
    }
    model = InMemoryWriter(make_answer(own={**own, "intro": ["You praised the sound."]}))
    said = OwnProduct(
        product_id="O1",
        product_name="Solero Amp",
        polarity=0.9,
        said="The sound is good. Heavy to carry up here.",
    )
    told = recommend("C1").model_copy(update={"owned": (said,)})
    everybody = [email_facts(each, brand="b", locale="en_IN") for each in (told, recommend("C2"))]
    [first, second], _ = await written(model, *everybody)
    copy = first.assembled.copy
    assert (copy.subject, copy.preheader, copy.intro) == (
        "The sound, next",
        "One cable more.",
        "You praised the sound.",
    )
    assert (copy.lines["1"], copy.closing) == ("For the sound you praised.", "Write to us if it hums.")
    assert second.assembled.copy.intro.startswith("You liked")
    [question] = [facts for each in model.prompts if (facts := asked(each.text))["task"] == "own"]
    [customer] = question["customers"]
    assert customer["own"]["said"] == {"s1": "The sound is good.", "s2": "Heavy to carry up here."}
    assert [asked(each.text)["task"] for each in model.prompts].count("frame") == 1


SAID = "The sound of it is so good in every room."


async def test_what_tells_of_a_customers_words_says_whose_they_are(
    recommend: Callable[[str], Recommendation], make_answer: MakeAnswer
) -> None:
    """The judge's question too, and for all who said the same, so that it can be forgotten with them."""
    text = {"text": "The sound you praised.", "evidence": [f"s1: {SAID}"]}
    own = {name: [text] for name in ("subject", "preheader", "intro", "line")}
    said = OwnProduct(product_id="O1", product_name="Solero Amp", polarity=0.9, said=SAID)
    told = [recommend(each).model_copy(update={"owned": (said,)}) for each in ("C1", "C2")]
    facts = [email_facts(each, brand="b", locale="en_IN") for each in (*told, recommend("C3"))]
    _, part = await written(InMemoryWriter(make_answer(own=own)), *facts)
    records = list(copy_records(part, payer="p"))
    about = [(each.task, each.customer_id) for each in records if SAID in each.prompt]
    assert about == [("own", "C1"), ("judge", "C1"), ("own", "C2"), ("judge", "C2")]
    assert {each.customer_id for each in records if SAID not in each.prompt} == {None}
    assert all(each.answer_keys[0] == each.prompt_key for each in records)


async def test_one_sentence_of_a_review_is_shown_if_it_is_accepted(
    make_facts: MakeFacts, make_answer: MakeAnswer
) -> None:
    """On the first product that has one; it is judged as all that an email says."""
    quotes = {2: f"The tea is ready. {LIE}", 3: "It lights the whole desk at night."}
    facts = make_facts()
    products = [
        replace(each, pick=each.pick.model_copy(update={"quotes": (Quote(text=quotes[each.number]),)}))
        if each.number in quotes
        else each
        for each in facts.products
    ]
    [copy], _ = await written(InMemoryWriter(make_answer()), replace(facts, products=tuple(products)))
    assert copy.assembled.copy.quotes == {"3": quotes[3]}


async def test_an_apology_does_not_open_with_an_offer(make_facts: MakeFacts, make_answer: MakeAnswer) -> None:
    """Its subject and preheader are those of its frame, others' are about their first product."""
    words = make_answer(intro=["We are sorry."], subject=["About your lamp"], preheader=["It let you down."])
    facts = make_facts(reasons=[Reason(kind=ReasonKind.POPULAR)])
    sorry = replace(facts, experience=replace(facts.experience, occasion=Occasion.SORRY, disliked="Lamp"))
    [copy], _ = await written(InMemoryWriter(words), sorry)
    assert (copy.assembled.copy.subject, copy.assembled.copy.preheader) == (
        "About your lamp",
        "It let you down.",
    )


async def test_an_apology_in_house_text_offers_the_remedy(make_facts: MakeFacts) -> None:
    """As the shop worded it; others are offered nothing."""
    model = InMemoryModel(ModelReply(text="Sure!"))
    writer = copywriter(model)
    writer = replace(writer, style=replace(writer.style, remedy="Write to us."))
    glad = make_facts("C1")
    sorry = replace(make_facts("C2"), experience=Experience(Occasion.SORRY, disliked="lamp"))
    part = await writer.prepare([glad, sorry], payer="part-1")
    intros = [writer.write(each, part, seed="1").assembled.copy.intro for each in (glad, sorry)]
    assert [each.endswith(" Write to us.") for each in intros] == [False, True]


async def test_a_customer_reads_the_same_words_again(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """A part that is delivered again makes the same email."""
    first, _ = await written(InMemoryWriter(make_answer()), facts)
    again, _ = await written(InMemoryWriter(make_answer()), facts)
    assert first == again
