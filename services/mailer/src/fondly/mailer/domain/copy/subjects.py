"""Comparing subject lines: variants of the subject that was written, drawn for each customer.

Only an email that could have every variant takes part, whichever it gets. So those who get different variants
differ in nothing else: nobody is in one because another could not be written for them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from fondly.contracts.experiments import arm
from fondly.mailer.domain.copy.checks import problems
from fondly.mailer.domain.copy.fields import Copy
from fondly.mailer.domain.copy.wording import Ground, Problem, Wording
from fondly.mailer.domain.facts.email import LONGEST_NAME, EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.slots import FIRST_NAME, owner, renumbered, slots_in

SUBJECT = "subject"
WRITTEN = f"{{{SUBJECT}}}"
"""Stands in a template for the subject that was written."""
MOST_VARIANTS = 8
_FIRST_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
EXPECTED = "{subject} once, and {customer.first_name} at most once"


@dataclass(frozen=True)
class SubjectTest:
    """A comparison of subject lines; another `name` draws the customers' variants anew."""

    name: str
    variants: Mapping[str, str]
    """Templates such as "{customer.first_name}, {subject}", by the variants' names."""

    def applied(self, facts: EmailFacts, copy: Copy) -> tuple[Copy, str]:
        """Return the copy with its customer's variant of the subject, and the variant's name.

        An email that says sorry, or for which one of the variants cannot be written, keeps its subject and
        has no variant.
        """
        if not self.suits(facts, copy.subject):
            return copy, ""
        variant = arm(facts.customer_id, self.name, self._names)
        return replace(copy, subject=worded(self.variants[variant], copy.subject, facts)), variant

    def suits(self, facts: EmailFacts, subject: str) -> bool:
        """Whether an email may have this subject in every variant, by the rules for all subjects."""
        if facts.occasion is Occasion.SORRY:
            return False
        named = (facts.product(owner(slot)) for slot in slots_in(subject))
        product = next(filter(None, named), facts.products[0])
        values = {f"1.{name}": value for name, value in product.values.items()}
        ground = Ground(facts.language, facts.brand, {}, facts.customer_slots | values, reduced=True)
        texts = (worded(template, subject, facts) for template in self.variants.values())
        return not any(
            slots_in(text).count(FIRST_NAME) > 1
            or problems(SUBJECT, Wording(renumbered(text, product.number, 1)), ground)
            for text in texts
        )

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The names in one order, however the shop lists them."""
        return tuple(sorted(self.variants))


def wrong_slots(template: str) -> str:
    """Return what is wrong with the slots of a template; empty if nothing is."""
    slots = slots_in(template)
    known = slots.count(SUBJECT) == 1 and slots.count(FIRST_NAME) == len(slots) - 1 <= 1
    rest = template.replace(WRITTEN, "").replace(f"{{{FIRST_NAME}}}", "")
    return "" if known and not {"{", "}"} & set(rest) else f"found {template!r}, expected {EXPECTED}"


def template_problems(template: str, *, brand: str, language: str) -> list[Problem]:
    """Return what the rules have against a template's own words, whatever subject stands in it."""
    ground = Ground(language, brand, {}, {FIRST_NAME: LONGEST_NAME, "1.name": "Name"})
    return problems(SUBJECT, Wording(template.replace(WRITTEN, "{1.name}")), ground)


def worded(template: str, subject: str, facts: EmailFacts) -> str:
    """Return a template with a subject, which begins with a small letter behind a comma, where it may."""
    before = template.partition(WRITTEN)[0].rstrip()
    first = _FIRST_WORD.match(subject)
    if before.endswith(",") and first and first[0].lower() in Naming.load(facts.language).openers:
        subject = subject[:1].lower() + subject[1:]
    return template.replace(WRITTEN, subject)


def unsuitable(test: SubjectTest, *, brand: str, language: str) -> Iterator[str]:
    """Yield each template with words that no subject may have, as a problem of the shop's file."""
    for name, template in test.variants.items():
        for problem in template_problems(template, brand=brand, language=language):
            found = f" ({problem.found!r})" if problem.found else ""
            yield (
                f"subjects.variants.{name}: found {template!r}, expected words that any subject may have: "
                f"{problem.rule}{found}"
            )
