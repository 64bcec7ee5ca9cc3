"""What shapes emails, as settings and the shop's files say: facts, style, subject lines, theme and links."""

from dataclasses import dataclass

from fondly.contracts.click_links import ClickLinks
from fondly.contracts.errors import InvalidFileError
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.copy.subjects import SubjectTest, unsuitable
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message.compose import Composer
from fondly.mailer.domain.message.content import ContentMaker
from fondly.mailer.domain.message.hosts import AllowedHosts, below
from fondly.mailer.domain.message.links import (
    ClickEndpoint,
    UnsubscribeEndpoint,
    UnsubscribeMail,
    ViewOnlineEndpoint,
)
from fondly.mailer.domain.message.mime import Sender
from fondly.mailer.domain.message.theme import Brand
from fondly.mailer.settings import EmailSettings, MailerSettings, Unhappy
from fondly.mailer.use_cases.load_look import Look
from fondly.mailer.use_cases.read_facts import ReadFacts


@dataclass(frozen=True)
class Shape:
    """All of it."""

    read_facts: ReadFacts
    style: Style
    subjects: SubjectTest | None
    composer: Composer
    models: tuple[str, str] = ("", "")
    """The writer, and the judge if there is one, of what has been written."""


def shaped(settings: MailerSettings, look: Look) -> Shape:
    """Return what shapes emails; raise `InvalidFileError` for a theme or subjects that cannot be used."""
    return Shape(facts_reader(settings), style(settings), subject_test(settings), composer(settings, look))


def facts_reader(settings: EmailSettings) -> ReadFacts:
    """What reads the facts of emails."""
    return ReadFacts(
        brand=settings.mailer_brand_name,
        locale=settings.mailer_locale,
        leave_out_unhappy=settings.mailer_unhappy is Unhappy.LEAVE_OUT,
        max_discount=settings.mailer_max_discount,
        personal_words=settings.mailer_personal_words,
    )


def style(settings: EmailSettings) -> Style:
    """How the emails are written."""
    return Style(
        brand=settings.mailer_brand_name,
        locale=settings.mailer_locale,
        voice=settings.mailer_brand_voice,
        wordings=settings.mailer_wordings,
        do=tuple(settings.mailer_brand_do),
        dont=tuple(settings.mailer_brand_dont),
        sentences=tuple(settings.mailer_brand_sentences),
        remedy=settings.mailer_remedy,
        strict=settings.mailer_strict,
    )


def subject_test(settings: MailerSettings) -> SubjectTest | None:
    """The comparison of subject lines, if there is one; raise `InvalidFileError` for words of no subject."""
    if settings.mailer_subjects is None:
        return None
    brand, code = settings.mailer_brand_name, language(settings.mailer_locale).code
    for problem in unsuitable(settings.mailer_subjects.test, brand=brand, language=code):
        raise InvalidFileError(problem)
    return settings.mailer_subjects.test


def composer(settings: MailerSettings, look: Look | None = None) -> Composer:
    """A composer of the brand that the settings describe, with the look that the shop chose."""
    sender = Sender(name=settings.mailer_brand_name, address=settings.mailer_from_address)
    brand = Brand(name=settings.mailer_brand_name, postal_address=settings.mailer_postal_address)
    words = language(settings.mailer_locale)
    hosts = (settings.mailer_link_hosts, settings.mailer_image_hosts)
    links, pictures = (
        AllowedHosts(listed.split(",") if listed else below(sender.domain)) for listed in hosts
    )
    secret, unsubscribe = settings.mailer_unsubscribe_key, settings.mailer_unsubscribe_url
    key, online = secret.get_secret_value().encode() if secret else None, settings.mailer_view_online_url
    clicks = settings.mailer_clicks_url
    return Composer(
        theme=(look or Look()).theme(brand, words.messages),
        sender=sender,
        unsubscribe=UnsubscribeEndpoint(unsubscribe, key) if unsubscribe and key else None,
        unsubscribe_mail=UnsubscribeMail(
            settings.mailer_unsubscribe_address or settings.mailer_from_address, key
        ),
        maker=ContentMaker(
            words,
            links=links,
            pictures=pictures,
            picture_proxy=settings.mailer_image_proxy_url or "",
            clicks=ClickEndpoint(clicks, ClickLinks((key,))) if clicks and key else None,
        ),
        view_online=ViewOnlineEndpoint(online, key) if online and key else None,
    )
