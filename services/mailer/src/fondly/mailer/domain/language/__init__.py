"""The languages that emails are written in: a folder each, with its messages, rules and names."""

from fondly.mailer.domain.language.language import DEFAULT_LOCALE, Language, language
from fondly.mailer.domain.language.messages import MessageError, Messages, Value, Wording
from fondly.mailer.domain.locales import UnknownLanguageError, languages
