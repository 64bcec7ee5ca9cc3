"""The mailer's settings. It makes emails and sends none, so every default is safe to try."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode

from fondly.contracts.errors import InvalidFileError
from fondly.contracts.experiments import Holdout
from fondly.contracts.records import Fraction
from fondly.mailer.domain.facts.product import MAX_DISCOUNT_PERCENT
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message.brand_values import (
    Advice,
    BrandName,
    HttpsUrl,
    PageUrl,
    PostalAddress,
    Remedy,
    SenderAddress,
    Sentences,
)
from fondly.mailer.domain.message.hosts import AllowedHosts
from fondly.mailer.domain.message.shop_file import BrandSection, SubjectsSection
from fondly.runtime.settings import ConsentTables, FrequencyCap, ServiceSettings


def _checked_hosts(hosts: str) -> str:
    AllowedHosts(filter(None, hosts.split(",")))
    return hosts


def _spoken(locale: str) -> str:
    return language(locale).locale


def _list_from_json(value: object) -> object:
    return _from_json(value) or []


def _from_json(value: object) -> object:
    """Read JSON; what is none is refused as a text in place of a table."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except ValueError:
        return value


Hosts = Annotated[str, AfterValidator(_checked_hosts)]
BRAND_SETTINGS = {
    "name": "mailer_brand_name",
    "voice": "mailer_brand_voice",
    "do": "mailer_brand_do",
    "dont": "mailer_brand_dont",
    "sentences": "mailer_brand_sentences",
    "remedy": "mailer_remedy",
    "personal_words": "mailer_personal_words",
    "strict": "mailer_strict",
    "from_address": "mailer_from_address",
    "postal_address": "mailer_postal_address",
    "unsubscribe_url": "mailer_unsubscribe_url",
}
"""The setting of each key in the section `[brand]` of the shop's file."""


class Unhappy(StrEnum):
    """An email that says sorry, or none."""

    ACKNOWLEDGE = "acknowledge"
    LEAVE_OUT = "leave_out"


class Judge(StrEnum):
    """Whether a second question to a model decides what may be said."""

    ON = "on"
    OFF = "off"


class EmailSettings(BaseModel):
    """What emails say and how they look: a run keeps it as it was when its first email was due."""

    mailer_locale: Annotated[str, AfterValidator(_spoken)] = "en_IN"
    """Whose language the emails are written in, and how their figures are."""
    mailer_brand_voice: Annotated[str, Field(min_length=1, max_length=300)] = "warm, plain and brief"
    """How the shop speaks, in a few words for the model."""
    mailer_brand_do: Annotated[Advice, NoDecode, BeforeValidator(_list_from_json)] = Field(default=[])
    """What copy should do: a JSON list of short texts."""
    mailer_brand_dont: Annotated[Advice, NoDecode, BeforeValidator(_list_from_json)] = Field(default=[])
    """What it should not do."""
    mailer_brand_sentences: Annotated[Sentences, NoDecode, BeforeValidator(_list_from_json)] = Field(
        default=[]
    )
    """Sentences of the shop's own, which copy may use: they count as true."""
    mailer_remedy: Remedy = ""
    """What a customer who complained is offered, in one sentence; empty for nothing."""
    mailer_personal_words: bool = True
    """Whether the model is told what customers said, to write to them of it."""
    mailer_strict: bool = False
    """Whether copy has none but common words and those of the catalogue."""
    mailer_wordings: Annotated[int, Field(ge=1, le=8)] = 3
    """Wordings asked for of each text on a product, and more of each field of a frame; people with equal
    facts read different combinations of them."""
    mailer_max_discount: Annotated[int, Field(ge=0, le=100)] = MAX_DISCOUNT_PERCENT
    """Greater discounts, in percent, are not shown: few believe them. 100 shows all."""
    mailer_unhappy: Unhappy = Unhappy.ACKNOWLEDGE
    """What a customer with nothing but bad experiences gets."""
    mailer_brand_name: BrandName = "Fondly Shop"
    """The shop's name, in the From header and the email."""
    mailer_from_address: SenderAddress = "hello@shop.example"
    """Who the emails are from."""
    mailer_postal_address: PostalAddress = "Fondly Shop, 1 Example Street, Bengaluru 560001, India"
    """The shop's postal address, in the footer."""
    mailer_subjects: Annotated[SubjectsSection | None, NoDecode, BeforeValidator(_from_json)] = None
    """A comparison of subject lines, as the section `[subjects]` of the shop's file, in JSON."""
    mailer_link_hosts: Hosts = ""
    """Hosts that links to products may have, separated by commas: `shop.example`, `*.shop.example`, or `*`
    for any. Empty: the domain of the sender's address and all below it. Other links are left out."""
    mailer_image_hosts: Hosts = ""
    """The same for pictures."""
    mailer_image_proxy_url: HttpsUrl | None = None
    """Fetches pictures for readers: the picture's URL is appended, percent-encoded."""


class MailerSettings(ServiceSettings, ConsentTables, FrequencyCap, EmailSettings):
    """Read from `FONDLY_*`; resource names come from the provisioner or Terraform."""

    mailer_queue_url: str
    emails_table: str
    copy_answers_table: str
    dispatches_table: str
    """Only read: what has been handed over is not rendered anew."""
    email_finished_topic_arn: str

    mailer_model_id: str = "global.anthropic.claude-haiku-5-5"
    """A Bedrock model id, inference profile id (`eu.…`) or ARN. AWS retires model ids from time to time."""
    mailer_judge_model_id: str = ""
    """The model that judges what the other wrote; empty for the same one."""
    mailer_judge: Judge = Judge.ON
    """`off`: copy is checked by rules in code alone."""
    mailer_temperature: Annotated[float, Field(ge=0, le=1)] | None = 0.7
    """Sent to models that accept one; empty for none."""
    mailer_converse_concurrency: Annotated[int, Field(ge=1, le=500)] = 64
    """Calls to Bedrock at a time in the whole process, and emails made at a time."""
    mailer_converse_rpm: Annotated[float, Field(gt=0)] = 200.0
    """The account's quota of Converse calls a minute: tasks share it by themselves, and none exceeds it."""
    mailer_converse_tpm: Annotated[float, Field(gt=0)] | None = None
    """The account's quota of tokens a minute; without it, throttled calls show what it is."""
    mailer_guardrail_id: (
        Annotated[str, Field(pattern=r"^([a-z0-9]+|arn:aws[^ ]*:guardrail/[a-z0-9]+)$")] | None
    ) = None
    """A Bedrock guardrail, by id or ARN, that each call is under."""
    mailer_guardrail_version: Annotated[str, Field(pattern=r"^([1-9][0-9]{0,7}|DRAFT)$")] | None = None
    """Its version, or `DRAFT`."""

    mailer_unsubscribe_url: PageUrl | None = None
    """Accepts the one-click POST of RFC 8058. Without it, customers unsubscribe by email to the sender. An
    http address of this machine is for trials: its emails offer a page, and no one-click."""
    mailer_unsubscribe_key: SecretStr | None = None
    """Signs the tokens of unsubscribe and view-online links, and of mails that unsubscribe."""
    mailer_unsubscribe_address: SenderAddress | None = None
    """Where mails that unsubscribe go: a mailbox that the sender's feedback process reads. By default to the
    sender's own address."""
    mailer_view_online_url: HttpsUrl | None = None
    """Shows an email in the browser, given its run and a signed token; without it there is no such link."""
    mailer_holdout: Fraction = 0.0
    """The share of customers who get no email, so that it can be told what emails bring: nothing is paid for
    one. A run keeps the share and the salt that are set when its first email is due."""
    mailer_holdout_salt: Annotated[str, Field(min_length=1, max_length=200)] = "fondly"
    """Another salt draws others."""
    mailer_clicks_url: HttpsUrl | None = None
    """Counts clicks and passes them on to the shop; without it, links lead there directly. Needs the key."""
    config: Path | None = None
    """The shop's file, `FONDLY_CONFIG`. By default `fondly.toml` in the working directory if there is one,
    else `shop/fondly.toml` in the data bucket."""

    @property
    def of_emails(self) -> EmailSettings:
        """Those that a run keeps."""
        return EmailSettings.model_validate(
            {name: getattr(self, name) for name in EmailSettings.model_fields}
        )

    @property
    def holdout(self) -> Holdout:
        """That of runs whose first email is due now."""
        return Holdout(share=self.mailer_holdout, salt=self.mailer_holdout_salt)

    @property
    def judge_model_id(self) -> str:
        """The model that judges."""
        return self.mailer_judge_model_id or self.mailer_model_id

    @field_validator("mailer_temperature", "mailer_converse_tpm", mode="before")
    @classmethod
    def _empty_means_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _links_are_signed(self) -> Self:
        for name in ("mailer_unsubscribe_url", "mailer_view_online_url", "mailer_clicks_url"):
            if getattr(self, name) is not None and self.mailer_unsubscribe_key is None:
                raise ValueError(f"{name} needs mailer_unsubscribe_key")
        return self

    @model_validator(mode="after")
    def _guardrail_has_a_version(self) -> Self:
        if (self.mailer_guardrail_id is None) != (self.mailer_guardrail_version is None):
            raise ValueError("mailer_guardrail_id and mailer_guardrail_version must be set together")
        return self

    def with_subjects(self, subjects: SubjectsSection | None) -> Self:
        """Return these settings with a comparison of the shop's file, unless the environment has one."""
        return self if self.mailer_subjects else self.model_copy(update={"mailer_subjects": subjects})

    def with_brand(self, brand: BrandSection, *, file: str) -> Self:
        """Return settings completed by the shop's file; `InvalidFileError` for links that nothing signs."""
        if brand.unsubscribe_url and self.mailer_unsubscribe_key is None:
            raise InvalidFileError(
                f"{file}: brand.unsubscribe_url: found no key that signs its links, expected one in the "
                "variable FONDLY_MAILER_UNSUBSCRIBE_KEY"
            )
        given = {BRAND_SETTINGS[key]: value for key, value in brand.model_dump(exclude_none=True).items()}
        return self.model_copy(
            update={name: value for name, value in given.items() if name not in self.model_fields_set}
        )
