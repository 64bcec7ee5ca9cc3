"""What people should know of files and settings before a run, the gravest first."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from json import dumps
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel

from fondly.contracts.counts import Counted
from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.values.links import ALLOWED
from fondly.ingest.use_cases.check_files import CheckedFiles
from fondly.mailer.domain.message.hosts import ANY, AllowedHosts
from fondly.mailer.settings import BRAND_SETTINGS, MailerSettings
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
        if value == MailerSettings.model_fields[BRAND_SETTINGS[key]].default:
            yield key, {"value": value}


def _unmatched(of: _Evidence) -> Found:
    rules = (*of.checked.report.unmatched_rules, *_unused_hosts(of))
    yield from (("unmatched", {"rule": printable(rule)}) for rule in rules)


def _unused_hosts(of: _Evidence) -> Iterator[str]:
    """Yield entries of `[hosts]` that no product has, beside others that some have, if all were looked at."""
    checked, listed = of.checked, of.shop.given.hosts
    if checked.report.counts.get(Counted.PRODUCTS, 0) == len(checked.sample.products):
        for key, hosts in (("links", checked.link_hosts), ("pictures", checked.picture_hosts)):
            named = {entry: entry.removeprefix("*.").lower() for entry in getattr(listed, key)}
            used = {
                entry
                for entry, name in named.items()
                if entry == ANY or any(f".{host}".endswith(f".{name}") for host in hosts)
            }
            yield from (f"fondly.toml: hosts.{key}: {entry}" for entry in named if used and entry not in used)


def _ignored(of: _Evidence) -> Found:
    asked = {(each.file, each.column) for each in of.checked.report.questions}
    ignored = (each for each in of.checked.ignored_columns if (each.file, each.column) not in asked)
    for file, columns in groupby(ignored, key=lambda each: each.file):
        shown = {each.column: ", ".join(shown_values(each)) for each in columns}
        told = [f"{printable(name)} ({values})" for name, values in shown.items() if values]
        if empty := [printable(name) for name, values in shown.items() if not values]:
            told.append(f"without values: {', '.join(empty)}")
        named = [dumps(name, ensure_ascii=False) for name in shown]
        yield (
            "ignored",
            {
                "file": base_name(file),
                "number": counted(len(shown), "column"),
                "told": "; ".join(told),
                "first": named[0],
                "ignored": ", ".join(named),
            },
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
    links, pictures = (_refused_by_ingest(checked, field) for field in ("product_link", "img_link"))
    yield from _urls(of, "links", checked.link_hosts + links, mailing.link_hosts)
    yield from _urls(of, "pictures", checked.picture_hosts + pictures, mailing.picture_hosts)


def _refused_by_ingest(checked: CheckedFiles, field: str) -> Counter[str]:
    """Count the links that ingest left out for their hosts; all are told of as the first."""
    columns = {each.file: each.columns.get(field) for each in checked.report.files}
    return Counter(
        {
            urlsplit((each.found or "").strip("'")).netloc: each.count
            for each in checked.report.rejects
            if each.expected == ALLOWED and each.column == columns.get(each.file)
        }
    )


def _urls(of: _Evidence, what: str, hosts: Counter[str], entries: tuple[str, ...]) -> Found:
    """Say how many products have no link, or picture, and which lead where emails may not."""
    products, allowed = len(of.checked.sample.products), AllowedHosts(entries)
    if not hosts:
        yield f"no_{what}", {"column": _likely(of.checked, pictures=what == "pictures")}
    elif (without := products - hosts.total()) > 0:
        yield f"few_{what}", {"number": count(without), "of": count(products)}
    refused = Counter({host: number for host, number in hosts.items() if not allowed.allow(host)})
    known = set(usual(hosts))
    for kind, some in (("refused", refused.keys() & known), ("odd", refused.keys() - known)):
        if some:
            yield (
                f"{kind}_{what}",
                {
                    "number": count(sum(refused[host] for host in some)),
                    "hosts": ", ".join(sorted(some)[:NAMED]),
                    "allowed": ", ".join(entries),
                    "listed": dumps(sorted({*known, *some})),
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
