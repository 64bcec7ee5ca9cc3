"""The services' variables that a shop's file stands for: as exports, for compose and for Terraform."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from fondly.mailer.domain.message.hosts import below
from fondly.operations.shop.file import ShopFile
from fondly.operations.shop.values import SCORED_LANGUAGES

SERVICES = ("ingest", "sentiment", "recommender", "mailer")
"""The services that have settings of a shop."""
ESCAPED_IN_JSON = {"\\\\": "\\u005c", '\\"': "\\u0022", "'": "\\u0027", "$": "\\u0024"}
"""No quote, no dollar, and no backslash but in `\\u`: the same to compose, shells and python-dotenv."""
_PLAIN = re.compile(r"[A-Za-z0-9._/@:+-]+")


def _joined(hosts: object) -> str:
    return ",".join(hosts) if isinstance(hosts, list) else str(hosts)


def _split(text: str) -> object:
    return [each.strip() for each in text.split(",")]


def _json(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"))
    return re.sub(r"""\\\\|\\"|['$]""", lambda found: ESCAPED_IN_JSON[found[0]], text)


@dataclass(frozen=True)
class Setting:
    """A key of the shop's file, and the services' variables that it sets; commands heed the first."""

    key: str
    variables: tuple[str, ...]
    write: Callable[[object], str] = str
    read: Callable[[str], object] = str
    """Of a variable's text; raises `ValueError`."""

    @property
    def path(self) -> tuple[str, ...]:
        """The key's parts."""
        return tuple(self.key.split("."))


def _switch(key: str, variable: str) -> Setting:
    return Setting(key, (variable,), write=json.dumps, read=TypeAdapter(bool).validate_python)


CONSENT_NOT_REQUIRED = "FONDLY_INGEST_CONSENT_NOT_REQUIRED"
_hosts = partial(Setting, write=_joined, read=_split)
SETTINGS = (
    Setting("brand.name", ("FONDLY_MAILER_BRAND_NAME",)),
    Setting("brand.voice", ("FONDLY_MAILER_BRAND_VOICE",)),
    *(
        Setting(f"brand.{key}", (f"FONDLY_MAILER_BRAND_{key.upper()}",), write=_json, read=json.loads)
        for key in ("do", "dont", "sentences")
    ),
    Setting("brand.remedy", ("FONDLY_MAILER_REMEDY",)),
    _switch("brand.personal_words", "FONDLY_MAILER_PERSONAL_WORDS"),
    _switch("brand.strict", "FONDLY_MAILER_STRICT"),
    Setting("brand.from_address", ("FONDLY_MAILER_FROM_ADDRESS",)),
    Setting("brand.postal_address", ("FONDLY_MAILER_POSTAL_ADDRESS",)),
    Setting("brand.unsubscribe_url", ("FONDLY_MAILER_UNSUBSCRIBE_URL",)),
    Setting("shop.currency", ("FONDLY_INGEST_CURRENCY",)),
    Setting("shop.locale", ("FONDLY_INGEST_LOCALE", "FONDLY_MAILER_LOCALE")),
    Setting("shop.review_language", ("FONDLY_SENTIMENT_LANGUAGE",)),
    Setting("shop.time_zone", ("FONDLY_INGEST_TIME_ZONE",)),
    Setting("shop.picks", ("FONDLY_RECOMMENDER_PICKS",), read=int),
    Setting("shop.minimum_age", ("FONDLY_INGEST_MINIMUM_AGE",), read=int),
    Setting("shop.consent_not_required", (CONSENT_NOT_REQUIRED,)),
    Setting("shop.max_rejected_share", ("FONDLY_INGEST_MAX_REJECTED_SHARE",), read=float),
    _hosts("hosts.links", ("FONDLY_MAILER_LINK_HOSTS",)),
    _hosts("hosts.pictures", ("FONDLY_MAILER_IMAGE_HOSTS",)),
    Setting("subjects", ("FONDLY_MAILER_SUBJECTS",), write=_json, read=json.loads),
    Setting("columns", ("FONDLY_INGEST_COLUMNS",), write=_json, read=json.loads),
)
"""Every key that reaches a service by a variable. Themes reach the mailer by the file itself."""
TRIAL = {CONSENT_NOT_REQUIRED: "a trial: nothing leaves this machine"}
"""What a stack of this machine runs with that has no shop's file: it sends no email to anybody."""
INGEST_HOSTS = "FONDLY_INGEST_LINK_HOSTS"
"""Ingest has one list for links and pictures; the mailer has one for each."""
VARIABLES = (*(variable for setting in SETTINGS for variable in setting.variables), INGEST_HOSTS)


def rendered(file: ShopFile) -> dict[str, str]:
    """Return the variables for what the file says; what it leaves out has none, but why consent is needless.

    That is empty then, so that no stack takes the file's shop for a trial.
    """
    said = values_in(file)
    hosts = {INGEST_HOSTS: ",".join(listed)} if (listed := ingest_hosts(file)) else {}
    return (
        {CONSENT_NOT_REQUIRED: ""}
        | hosts
        | {
            variable: setting.write(said[setting.key])
            for setting in SETTINGS
            if setting.key in said
            for variable in setting.variables
        }
    )


def values_in(file: ShopFile) -> dict[str, object]:
    """Return what the file says, and what follows from its locale and address, by key: `shop.currency`."""
    tables = file.model_dump(exclude_unset=True)
    said: dict[str, object] = {
        f"{section}.{key}": value
        for section in ("brand", "shop", "hosts")
        for key, value in tables.get(section, {}).items()
    }
    if file.subjects:
        said["subjects"] = file.subjects.model_dump()
    if file.columns:
        said["columns"] = file.columns
    if (language := file.shop.locale.partition("_")[0]) in SCORED_LANGUAGES and "locale" in tables.get(
        "shop", {}
    ):
        said.setdefault("shop.review_language", language)
    if file.shop.url and not file.hosts.links:
        said["hosts.links"] = list(hosts_of(file.shop.url))
    return {key: value for key, value in said.items() if value not in (None, [])}


def ingest_hosts(file: ShopFile) -> tuple[str, ...]:
    """Return where links and pictures may lead; nothing, which means anywhere, unless both are known."""
    said = values_in(file)
    lists = [said.get(key) for key in ("hosts.links", "hosts.pictures")]
    if not all(lists):
        return ()
    return tuple(dict.fromkeys(host for listed in lists if isinstance(listed, list) for host in listed))


def hosts_of(url: str) -> tuple[str, ...]:
    """Return the entries for a shop's host without `www.`, and for every host below it."""
    return below(urlsplit(url).netloc.lower().removeprefix("www."))


def as_dotenv(variables: Mapping[str, str]) -> str:
    """Return the lines of a `.env` file, quoted so that nothing in a value is expanded."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in variables.items())


def by_service(variables: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the variables of each service: what Terraform takes as its variable `shop`."""
    return {
        service: {
            name: value for name, value in variables.items() if name.startswith(f"FONDLY_{service.upper()}_")
        }
        for service in SERVICES
    }


def as_tfvars(variables: Mapping[str, str]) -> str:
    """Return the contents of `shop.auto.tfvars.json`."""
    return json.dumps({"shop": by_service(variables)}, indent=2) + "\n"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    if "'" not in value:
        return f"'{value}'"
    if not re.search(r'["$`\\]', value):
        return f'"{value}"'
    return "'" + value.replace("'", "\\'") + "'"


def read_value(key: str, text: str) -> object:
    """Read a key's value as its variable has it; what cannot be read stays a text."""
    read = next((setting.read for setting in SETTINGS if setting.key == key), str)
    try:
        return read(text.strip())
    except ValueError:
        return text
