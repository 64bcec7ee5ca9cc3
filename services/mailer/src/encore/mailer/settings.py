"""The mailer's settings. This version sends no email to anyone, so every default is safe to try."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from encore.mailer.domain.message.addresses import header_address
from encore.mailer.domain.message.hosts import AllowedHosts
from encore.runtime.settings import ServiceSettings

HTTPS_URL = r"^https://[!-;=?-~]{1,200}$"


def _checked_hosts(hosts: str) -> str:
    AllowedHosts(filter(None, hosts.split(",")))
    return hosts


Hosts = Annotated[str, AfterValidator(_checked_hosts)]
Address = Annotated[str, AfterValidator(header_address)]


class MailerSettings(ServiceSettings):
    """Read from `ENCORE_*`; resource names come from the provisioner or Terraform."""

    mailer_queue_url: str
    emails_table: str
    email_finished_topic_arn: str

    mailer_model_id: str = "anthropic.claude-haiku-5-5"
    """A Bedrock model id, inference profile id (`eu.…`) or ARN. AWS retires model ids from time to time."""
    mailer_structured_output: bool = True
    """False for a model without structured output: the prompt then contains the JSON schema."""
    mailer_max_tokens: Annotated[int, Field(ge=200, le=8_000)] = 1_200
    mailer_temperature: Annotated[float, Field(ge=0, le=1)] | None = 0.7
    """Empty for a model that accepts none."""
    mailer_converse_concurrency: Annotated[int, Field(ge=1, le=500)] = 64
    """Emails made at a time in the whole process, each with one call to Bedrock."""

    mailer_locale: Annotated[str, Field(pattern=r"^en_[A-Z]{2}$")] = "en_IN"
    """How figures are written. English only, like the rules for copy."""
    mailer_brand_name: Annotated[str, Field(min_length=1, max_length=60)] = "Encore Shop"
    mailer_from_address: Address = "hello@shop.example"
    mailer_postal_address: Annotated[str, Field(min_length=1, max_length=200)] = (
        "Encore Shop, 1 Example Street, Bengaluru 560001, India"
    )
    mailer_unsubscribe_url: Annotated[str, Field(pattern=HTTPS_URL)] | None = None
    """Accepts the one-click POST of RFC 8058. Without it, customers unsubscribe by email to the sender."""
    mailer_unsubscribe_key: SecretStr | None = None
    """Signs the tokens of unsubscribe and view-online links."""
    mailer_view_online_url: Annotated[str, Field(pattern=HTTPS_URL)] | None = None
    """Shows an email in the browser, given its run and a signed token; without it there is no such link."""
    mailer_link_hosts: Hosts = ""
    """Hosts that links to products may have, separated by commas: `shop.example`, `*.shop.example`, or `*`
    for any. Empty: the domain of the sender's address and all below it. Other links are left out."""
    mailer_image_hosts: Hosts = ""
    """The same for pictures."""
    mailer_image_proxy_url: Annotated[str, Field(pattern=HTTPS_URL)] | None = None
    """Fetches pictures for readers: the picture's URL is appended, percent-encoded."""
    config: Path | None = None
    """The shop's file, `ENCORE_CONFIG`. By default `encore.toml` in the working directory if there is one,
    else `shop/encore.toml` in the data bucket."""

    @field_validator("mailer_temperature", mode="before")
    @classmethod
    def _empty_means_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _url_and_key_belong_together(self) -> Self:
        if (self.mailer_unsubscribe_url is None) != (self.mailer_unsubscribe_key is None):
            raise ValueError("mailer_unsubscribe_url and mailer_unsubscribe_key must be set together")
        return self

    @model_validator(mode="after")
    def _links_online_are_signed(self) -> Self:
        if self.mailer_view_online_url is not None and self.mailer_unsubscribe_key is None:
            raise ValueError("mailer_view_online_url needs mailer_unsubscribe_key")
        return self
