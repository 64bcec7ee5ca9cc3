"""What people should know of files and settings before a run, the gravest first."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from json import dumps
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel

from fondly.contracts.counts import Counted
from fondly.contracts.records import Product
from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.values.links import ALLOWED
from fondly.ingest.use_cases.check_files import CheckedFiles
from fondly.mailer.domain.message.hosts import ANY, AllowedHosts
from fondly.mailer.settings import BRAND_SETTINGS, MailerSettings
from fondly.operations.check.languages import LOCAL, languages_of
from fondly.operations.check.link_hosts import usual
from fondly.operations.check.personal import shown_values
from fondly.operations.check.preview import Mailing
from fondly.operations.formatting import count, counted, printable
from fondly.operations.runs.facts import EXCLUDED
from fondly.operations.runs.ingest_facts import base_name
from fondly.operations.shop import Origin
from fondly.operations.shop.rows import value_of
from fondly.operations.shop.values import SCORED_LANGUAGES

NAMED = 3
FEW = 0.1
"""So small a share of reviews in other languages is not worth a word."""
_NOBODYS = re.compile(r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)", re.IGNORECASE)
"""Domains that nobody can have: RFC 2606 and RFC 6761."""
_MARKUP = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8}\d?);|</?[a-z][^<>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"https?://\S+\.(?:jpe?g|png|webp|gif|avif)", re.IGNORECASE)
_URLS = (("links", "product_link"), ("pictures", "img_link"))
_TABLE = read_table(__package__, "findings.toml")


class CheckFinding(BaseModel):
    """One thing to know, and what to write about it; `kind` is its name in `findings.toml`."""

    level: Literal["grave", "notable"]
    kind: str
    title: str
    found: str
    remedy: str


Found = Iterator[CheckFinding]


def findings(checked: CheckedFiles, mailing: Mailing) -> list[CheckFinding]:
    """Return all of them; of files that cannot be used those that can be told all the same."""
    rules = _OF_FILES if checked.report.failed else (*_OF_FILES, *_OF_RECORDS)
    found = [each for rule in rules for each in rule(checked, mailing)]
    return sorted(found, key=lambda each: list(_TABLE).index(each.kind))


def _told(kind: str, **values: object) -> CheckFinding:
    texts = {name: text.format_map(values) for name, text in _TABLE[kind].items()}
    return CheckFinding(kind=kind, **texts)


def _questions(checked: CheckedFiles, _: Mailing) -> Found:
    for each in checked.report.questions:
        file = f"{base_name(each.file)}: " if each.file else ""
        yield _told("question", file=file, text=printable(each.text), remedy=printable(each.remedy))


def _identity(_: CheckedFiles, mailing: Mailing) -> Found:
    if _NOBODYS.fullmatch(mailing.sender.rpartition("@")[2]):
        yield _told("sender", value=mailing.sender)
    for key in ("postal_address", "name"):
        value = getattr(mailing.brand, key)
        if value == MailerSettings.model_fields[BRAND_SETTINGS[key]].default:
            yield _told(key, value=value)


def _unmatched(checked: CheckedFiles, mailing: Mailing) -> Found:
    hosts = _unused_hosts(checked, mailing) if not checked.report.failed else ()
    for rule in (*checked.report.unmatched_rules, *hosts):
        yield _told("unmatched", rule=printable(rule))


def _unused_hosts(checked: CheckedFiles, mailing: Mailing) -> Iterator[str]:
    """Yield entries of `[hosts]` that no product has, beside others that some have, if all were looked at."""
    if checked.report.counts[Counted.PRODUCTS] > len(checked.sample.products):
        return
    for what, hosts in _hosts(checked).items():
        listed = getattr(mailing.shop.given.hosts, what)
        domains = {entry: f".{entry.removeprefix('*.')}" for entry in listed if entry != ANY}
        unused = [
            entry for entry in domains if not any(f".{each}".endswith(domains[entry]) for each in hosts)
        ]
        yield from (f"fondly.toml: hosts.{what}: {each}" for each in unused if len(unused) < len(listed))


def _ignored(checked: CheckedFiles, _: Mailing) -> Found:
    asked = {(each.file, each.column) for each in checked.report.questions}
    ignored = (each for each in checked.ignored_columns if (each.file, each.column) not in asked)
    for file, columns in groupby(ignored, key=lambda each: base_name(each.file)):
        values = {each.column: ", ".join(shown_values(each)) for each in columns}
        shown = [f"{printable(name)} ({some})" for name, some in values.items() if some]
        if empty := ", ".join(printable(name) for name, some in values.items() if not some):
            shown.append(f"nothing to show: {empty}")
        names = [dumps(name, ensure_ascii=False) for name in values]
        told = {"number": counted(len(names), "column"), "told": "; ".join(shown), "first": names[0]}
        yield _told("ignored", file=file, place=_place(checked, file), listed=", ".join(names), **told)


def _place(checked: CheckedFiles, file: str) -> str:
    return f"under files: {file}: " if len(checked.report.files) > 1 else ""


def _recipients(checked: CheckedFiles, mailing: Mailing) -> Found:
    report = checked.report
    if sum(report.exclusions.values()) == report.counts[Counted.CUSTOMERS]:
        causes = (f"{count(number)} {EXCLUDED[cause]}" for cause, number in report.exclusions.items())
        yield _told("nobody", why=", ".join(causes) or "there are no customers")
    layouts = [each.layout for each in checked.files]
    known = any("marketing_consent" in {*each.columns, *each.constants} for each in layouts)
    if not known and not mailing.shop.applied.shop.consent_not_required:
        yield _told("no_consent")


def _hosts(checked: CheckedFiles) -> dict[str, Counter[str]]:
    """Count products by the hosts of their links and pictures, also of those that ingest refused.

    It has told of the first of these: all of a column count as that one.
    """
    known = {"links": checked.link_hosts.copy(), "pictures": checked.picture_hosts.copy()}
    columns = {file.columns.get(field): what for file in checked.report.files for what, field in _URLS}
    for each in checked.report.rejects:
        if each.expected == ALLOWED and each.column in columns:
            known[columns[each.column]][urlsplit((each.found or "").strip("'")).netloc] += each.count
    return known


def _links(checked: CheckedFiles, mailing: Mailing) -> Found:
    """Say how many products have no link, or picture, and where too many lead that emails may not link to."""
    products = len(checked.sample.products)
    for what, hosts in _hosts(checked).items():
        if not hosts:
            file = next(
                each.file for each in checked.report.files if each.kind in {Kind.PRODUCTS, Kind.COMBINED}
            )
            place, column = _place(checked, base_name(file)), _likely(checked, pictures=what == "pictures")
            yield _told(f"no_{what}", place=place, column=column)
        elif (without := products - hosts.total()) > 0:
            yield _told(f"few_{what}", number=count(without), of=count(products))
        entries = mailing.hosts[what]
        if refused := {host: hosts[host] for host in usual(hosts) if not AllowedHosts(entries).allow(host)}:
            number, listed = count(sum(refused.values())), dumps(usual(hosts))
            told = {"hosts": ", ".join(refused), "allowed": ", ".join(entries)}
            yield _told(f"refused_{what}", number=number, listed=listed, **told)


def _likely(checked: CheckedFiles, *, pictures: bool) -> str:
    """Return the ignored column that has links, or pictures, else what stands for it."""
    for each in checked.ignored_columns:
        urls = (value for value in each.values if value.startswith("http"))
        if any(bool(_PICTURE.match(url)) is pictures for url in urls):
            return dumps(each.column, ensure_ascii=False)
    return "YOUR COLUMN"


def _products(checked: CheckedFiles, mailing: Mailing) -> Found:
    products, currency = checked.sample.products, mailing.shop.applied.shop.currency
    if marked := [each.name for each in products if _MARKUP.search(each.name)]:
        yield _told("markup", number=count(len(marked)), example=printable(marked[0]))
    is_default = mailing.shop.origin("shop.currency") is Origin.DEFAULT
    if is_default and any(each.has_bare_prices for each in checked.files):
        yield _told("currency", value=currency)
    shelves = dict[tuple[str, ...], list[Product]]()
    for each in products:
        if len(shelf := shelves.setdefault(each.category, [])) < NAMED:
            shelf.append(each)
    if nameless := [name for name, shelf in shelves.items() if name and not any(map(mailing.noun, shelf))]:
        examples = ", ".join(printable(" > ".join(each)) for each in nameless[:NAMED])
        yield _told("nouns", number=count(len(nameless)), of=count(len(shelves)), examples=examples)


def _reviews(checked: CheckedFiles, mailing: Mailing) -> Found:
    """Say which languages reviews are in if many are in one that the local model does not know."""
    found = languages_of(checked.sample.review_texts)
    if found.total() - found[LOCAL] <= FEW * found.total():
        return
    shares = {code: number / found.total() for code, number in found.most_common()}
    told = ", ".join(f"{code} {share:.0%}" for code, share in shares.items() if share > FEW)
    language, read_as = next(iter(shares)), value_of(mailing.shop, "shop.review_language") or LOCAL
    kind = "local_languages" if read_as in {language, "auto"} else "languages"
    knows = "knows" if language in SCORED_LANGUAGES else "does not know"
    yield _told(kind, languages=told, language=language, read_as=read_as, knows=knows)


Rules = tuple[Callable[[CheckedFiles, Mailing], Found], ...]
_OF_FILES: Rules = (_questions, _identity, _unmatched, _ignored)
_OF_RECORDS: Rules = (_recipients, _links, _products, _reviews)
