"""What people should know of files and settings before a run, the gravest first."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from json import dumps
from typing import Literal, NamedTuple

from pydantic import BaseModel

from fondly.contracts.counts import Counted
from fondly.ingest.domain.data import read_table
from fondly.ingest.use_cases.check_files import CheckedFiles
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.operations.check.languages import LOCAL, languages_of
from fondly.operations.check.link_hosts import usual
from fondly.operations.check.mailing import Mailing
from fondly.operations.check.personal import shown_values
from fondly.operations.check.preview import noun_of
from fondly.operations.formatting import count, counted, printable
from fondly.operations.runs.facts import EXCLUDED
from fondly.operations.runs.ingest_facts import base_name
from fondly.operations.shop import Origin, Shop
from fondly.operations.shop.rows import value_of
from fondly.operations.shop.values import SCORED_LANGUAGES

NAMED = 3
FEW = 0.1
"""So small a share of reviews in other languages is not worth a word."""
DOMAINS = re.compile(r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)", re.IGNORECASE)
"""Those that nobody can have: RFC 2606 and RFC 6761."""
MARKUP = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8}\d?);|</?[a-z][^<>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"https?://\S+\.(?:jpe?g|png|webp|gif|avif)", re.IGNORECASE)
_TABLE = read_table(__package__, "findings.toml")
_ORDER = list(_TABLE)
Found = Iterator[tuple[str, Mapping[str, object]]]
"""Kinds of `findings.toml`, each with what its texts name."""


class CheckFinding(BaseModel):
    """One thing to know, and what to write about it."""

    level: Literal["grave", "notable"]
    kind: str
    title: str
    found: str
    remedy: str


class _Evidence(NamedTuple):
    checked: CheckedFiles
    shop: Shop
    mailing: Mailing


def findings(checked: CheckedFiles, shop: Shop, mailing: Mailing) -> list[CheckFinding]:
    """Return all of them; of files that cannot be used those that can be told all the same."""
    rules = _OF_FILES if checked.report.failed else (*_OF_FILES, *_OF_RECORDS)
    found = [each for rule in rules for each in rule(_Evidence(checked, shop, mailing))]
    return [_told(kind, values) for kind, values in sorted(found, key=lambda each: _ORDER.index(each[0]))]


def _told(kind: str, values: Mapping[str, object]) -> CheckFinding:
    texts = {name: text.format_map(values) for name, text in _TABLE[kind].items()}
    return CheckFinding(kind=kind, **texts)


def _questions(of: _Evidence) -> Found:
    for each in of.checked.report.questions:
        yield "question", {**each.model_dump(), "file": base_name(each.file)}


def _identity(of: _Evidence) -> Found:
    if DOMAINS.fullmatch(of.mailing.sender.rpartition("@")[2]):
        yield "sender", {"value": of.mailing.sender}
    for key, value in (("postal_address", of.mailing.brand.postal_address), ("name", of.mailing.brand.name)):
        if of.shop.origin(f"brand.{key}") is Origin.DEFAULT:
            yield key, {"value": value}


def _unmatched(of: _Evidence) -> Found:
    yield from (("unmatched", {"rule": printable(each)}) for each in of.checked.report.unmatched_rules)


def _ignored(of: _Evidence) -> Found:
    for file, columns in groupby(of.checked.ignored_columns, key=lambda each: each.file):
        shown = {each.column: ", ".join(shown_values(each)) or "empty" for each in columns}
        told = "; ".join(f"{printable(name)}: {values}" for name, values in shown.items())
        ignored = dumps(list(shown), ensure_ascii=False)
        first = dumps(next(iter(shown)), ensure_ascii=False)
        number = counted(len(shown), "column")
        yield (
            "ignored",
            {"file": base_name(file), "number": number, "told": told, "first": first, "ignored": ignored},
        )


def _recipients(of: _Evidence) -> Found:
    report, shop = of.checked.report, of.shop.applied.shop
    if sum(report.exclusions.values()) == report.counts[Counted.CUSTOMERS]:
        causes = (f"{count(number)} {EXCLUDED[cause]}" for cause, number in report.exclusions.items())
        yield "nobody", {"why": ", ".join(causes) or "there are no customers"}
    if not any("marketing_consent" in file.columns for file in report.files) and shop.require_consent:
        yield "no_consent", {}


def _links(of: _Evidence) -> Found:
    checked, mailing = of.checked, of.mailing
    yield from _urls(of, "links", [each.link for each in checked.sample.products], mailing.link_hosts)
    pictures = [each.image_url for each in checked.sample.products]
    yield from _urls(of, "pictures", pictures, mailing.picture_hosts)


def _urls(of: _Evidence, what: str, urls: list[str | None], entries: tuple[str, ...]) -> Found:
    """Say how many products have no link, or picture, and which lead where emails may not."""
    hosts = of.checked.link_hosts if what == "links" else of.checked.picture_hosts
    if not any(urls):
        yield f"no_{what}", {"column": _likely(of.checked, pictures=what == "pictures")}
    elif without := sum(not each for each in urls):
        yield f"few_{what}", {"number": count(without), "of": count(len(urls))}
    allowed = AllowedHosts(entries)
    refused = Counter({host: number for host, number in hosts.items() if not allowed.allow(host)})
    for kind, some in (
        ("refused", refused.keys() & usual(hosts)),
        ("odd", refused.keys() - usual(hosts)),
    ):
        if some:
            yield (
                f"{kind}_{what}",
                {
                    "number": count(sum(refused[host] for host in some)),
                    "hosts": ", ".join(sorted(some)[:NAMED]),
                    "allowed": ", ".join(entries),
                    "listed": dumps(sorted({*usual(hosts), *some})[:NAMED]),
                },
            )


def _likely(checked: CheckedFiles, *, pictures: bool) -> str:
    """Return the ignored column that has links, or pictures, else what stands for it."""
    for each in checked.ignored_columns:
        urls = [value for value in each.values if value.startswith("http")]
        if any(bool(_PICTURE.match(url)) is pictures for url in urls):
            return dumps(each.column, ensure_ascii=False)
    return "YOUR COLUMN"


def _products(of: _Evidence) -> Found:
    products, default = of.checked.sample.products, of.shop.origin("shop.currency") is Origin.DEFAULT
    if marked := [each.name for each in products if MARKUP.search(each.name)]:
        yield "markup", {"number": count(len(marked)), "example": printable(marked[0])}
    if default and {each.currency for each in products} == {of.shop.applied.shop.currency}:
        yield "currency", {"value": of.shop.applied.shop.currency}
    nouns = {each.category: noun_of(each, of.mailing) for each in products if each.category}
    if nameless := [category for category, noun in nouns.items() if not noun]:
        examples = ", ".join(printable(" > ".join(each)) for each in nameless[:NAMED])
        yield "nouns", {"number": count(len(nameless)), "of": count(len(nouns)), "examples": examples}


def _reviews(of: _Evidence) -> Found:
    """Say which languages reviews are in if many are in one that the local model does not know."""
    found = languages_of(of.checked.sample.review_texts)
    shares = {code: number / found.total() for code, number in found.most_common()}
    if 1 - shares.get(LOCAL, 1 - bool(shares)) <= FEW:
        return
    language, read_as = next(iter(shares)), str(value_of(of.shop, "shop.review_language") or LOCAL)
    told = {
        "languages": ", ".join(f"{code} {share:.0%}" for code, share in shares.items() if share > FEW),
        "language": language,
        "read_as": read_as,
        "knows": "knows" if language in SCORED_LANGUAGES else "does not know",
    }
    yield "local_languages" if read_as in {language, "auto"} else "languages", told


Rules = tuple[Callable[[_Evidence], Found], ...]
_OF_FILES: Rules = (_questions, _identity, _unmatched, _ignored)
_OF_RECORDS: Rules = (_recipients, _links, _products, _reviews)
