"""Comparing subject lines."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from fondly.contracts.records import Recommendation
from fondly.mailer.domain.copy.assembly import Answers, assembled
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.copy.subjects import SubjectTest, template_problems, worded, wrong_slots
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.experience import Occasion
from services.mailer.tests.copies import house_copy

Recommend = Callable[..., Recommendation]
TEST = SubjectTest(
    "november",
    {"plain": "{subject}", "named": "{customer.first_name}, {subject}", "ideas": "Ideas for you: {subject}"},
)
SUBJECT = "{2.name}, for your tea"


def facts_for(recommendation: Recommendation) -> EmailFacts:
    """The facts of an email to the customer."""
    return email_facts(recommendation, brand="Fondly Shop", locale="en_IN")


def copy_for(facts: EmailFacts, subject: str = SUBJECT) -> Copy:
    """House text with another subject."""
    return replace(house_copy(facts), subject=subject)


def test_customers_are_shared_out_equally_and_the_variant_is_what_they_read(recommend: Recommend) -> None:
    """Each subject is the one that its variant's template makes of what was written."""
    counts: Counter[str] = Counter()
    for number in range(600):
        facts = facts_for(recommend(f"C{number}"))
        copy, variant = TEST.applied(facts, copy_for(facts))
        assert copy.subject == TEST.variants[variant].replace("{subject}", SUBJECT)
        counts[variant] += 1
    assert set(counts) == set(TEST.variants)
    assert all(140 < count < 260 for count in counts.values())  # five standard deviations


def test_nothing_but_the_subject_changes_and_a_customer_keeps_their_variant(recommend: Recommend) -> None:
    """In this run and in the next one, in whichever order the shop lists the variants."""
    facts = facts_for(recommend())
    written = copy_for(facts)
    copy, variant = TEST.applied(facts, written)
    assert replace(copy, subject=SUBJECT) == written
    reordered = SubjectTest("november", dict(reversed(list(TEST.variants.items()))))
    assert reordered.applied(facts, written) == (copy, variant)


def test_another_comparison_draws_anew(recommend: Recommend) -> None:
    """Otherwise those who had the winner last time would have it again."""
    everybody = [facts_for(recommend(f"C{number}")) for number in range(100)]
    other = SubjectTest("december", TEST.variants)
    drawn = [
        (TEST.applied(each, copy_for(each))[1], other.applied(each, copy_for(each))[1]) for each in everybody
    ]
    assert 15 < sum(before == after for before, after in drawn) < 55


@pytest.mark.parametrize(
    ("template", "subject", "read"),
    [
        ("{customer.first_name}, {subject}", "An idea", "{customer.first_name}, an idea"),
        ("{customer.first_name}, {subject}", "{2.name}, for tea", "{customer.first_name}, {2.name}, for tea"),
        ("{customer.first_name}, {subject}", "Kettler makes tea", "{customer.first_name}, Kettler makes tea"),
        ("{customer.first_name}, {subject}", "I like tea", "{customer.first_name}, I like tea"),
        ("Ideas for you: {subject}", "An idea", "Ideas for you: An idea"),
        ("{subject}", "An idea", "An idea"),
    ],
)
def test_a_subject_goes_on_in_small_letters_behind_a_comma(
    recommend: Recommend, template: str, subject: str, read: str
) -> None:
    """Unless it begins with what may be a name; in German every noun has a capital."""
    facts = facts_for(recommend())
    assert worded(template, subject, facts) == read
    german = worded(template, subject, replace(facts, language="de"))
    assert german == template.replace("{subject}", subject)


def test_a_subject_that_suits_is_preferred_to_others(recommend: Recommend) -> None:
    """Also for those who get it as it was written: the draw comes after the choice."""
    facts = facts_for(recommend())
    said = ("{customer.first_name}, {1.name}, for you", "{1.name}?")
    texts = {"subject": [*map(Wording, said)]}
    chosen = {
        assembled(facts, Answers({}, [texts]), seed=f"{n}", suits=TEST.suits).copy.subject for n in range(20)
    }
    assert chosen == {"{1.name}?"}
    without = {assembled(facts, Answers({}, [texts]), seed=f"{n}").copy.subject for n in range(20)}
    assert without == {each.text for each in texts["subject"]}
    only = {"subject": texts["subject"][:1]}
    made = assembled(facts, Answers({}, [only]), seed="1", suits=TEST.suits)
    assert made.copy.subject == texts["subject"][0].text


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"customer_name": None}, SUBJECT),
        ({}, "{customer.first_name}, we found {1.name} for you"),
        ({}, "{2.name}, for your tea, and for every quiet evening that you spend at home with your friends"),
    ],
)
def test_who_cannot_have_every_variant_is_in_none(
    recommend: Recommend, changes: dict[str, object], subject: str
) -> None:
    """Without a name, with the name twice, or too long: also if their own variant could be written."""
    for number in range(20):
        facts = facts_for(recommend(f"C{number}", **changes))
        copy = copy_for(facts, subject)
        assert TEST.applied(facts, copy) == (copy, "")


def test_an_email_that_says_sorry_is_in_none(recommend: Recommend) -> None:
    """It is not there to be opened more often."""
    facts = facts_for(recommend())
    sorry = replace(facts, experience=replace(facts.experience, occasion=Occasion.SORRY))
    assert TEST.applied(sorry, copy_for(sorry)) == (copy_for(sorry), "")


def test_variants_pass_the_rules_with_their_subject(recommend: Recommend) -> None:
    """Words that are true beside one product may be false beside another's figure."""
    facts = facts_for(recommend())
    false = SubjectTest("false", {"plain": "{subject}", "lie": "Everything now: {subject}"})
    assert false.suits(facts, SUBJECT)
    assert not false.suits(facts, "{2.name}, now {2.price}")


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("Your account: {subject}", "your account"),
        ("The best for you: {subject}", "the best"),
        ("Only 3 left: {subject}", "3"),
        ("🎁 Ideas: {subject}", "🎁"),
        ("See shop.example: {subject}", "p.e"),
    ],
)
def test_words_that_no_subject_may_have_are_found_without_a_customer(template: str, found: str) -> None:
    """So a service with such a template does not start, rather than compare nothing."""
    [problem, *_] = template_problems(template, brand="Fondly Shop", language="en")
    assert problem.found == found


@pytest.mark.parametrize("template", [*TEST.variants.values(), "{subject} for you", "Fondly Shop: {subject}"])
def test_words_that_a_subject_may_have_are_accepted(template: str) -> None:
    """The shop's own name among them."""
    assert not wrong_slots(template)
    assert template_problems(template, brand="Fondly Shop", language="en") == []


@pytest.mark.parametrize(
    "template",
    [
        "Ideas for you",
        "{subject} {subject}",
        "{customer.first_name}, {customer.first_name}: {subject}",
        "{1.name}: {subject}",
        "{SUBJECT}: {subject}",
        "}{subject}",
    ],
)
def test_a_template_has_the_subject_once_and_no_slot_of_a_product(template: str) -> None:
    """Which product the subject is about is not known before."""
    assert "expected {subject} once" in wrong_slots(template)
