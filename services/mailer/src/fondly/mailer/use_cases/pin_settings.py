"""Keeps what shapes a run's emails as it was when the first was due: all of the run has one look.

Secrets are not kept, nor where links lead that the key signs, nor what is asked of the model's provider.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from pydantic import BaseModel, ConfigDict

from fondly.contracts import object_keys
from fondly.mailer.domain.message.shop_file import ShopFile, ThemeChoice
from fondly.mailer.settings import EmailSettings, Judge, MailerSettings
from fondly.mailer.use_cases.load_look import Look
from fondly.mailer.use_cases.shape_emails import Shape, shaped
from fondly.runtime.ports import Objects

MOST_KEPT = 4
"""How many shapes a process remembers: runs share them until something is set."""


class PinnedSettings(BaseModel):
    """What shapes the emails of a run; `models`, the writer and the judge, are told for people."""

    model_config = ConfigDict(frozen=True)
    settings: EmailSettings
    theme: ThemeChoice
    theme_files: Mapping[str, str]
    models: tuple[str, str]

    @property
    def sha256(self) -> str:
        """The digest of all of it, in hexadecimal digits: runs of the same digest are shaped alike."""
        return sha256(self.model_dump_json().encode()).hexdigest()


Set = tuple[MailerSettings, Look]


@dataclass(frozen=True)
class PinSettings:
    """Pins what is set now to runs that have nothing pinned; whichever part is first, there is one look.

    `now` reads what is set; without it that is what was when the service started.
    """

    objects: Objects
    settings: MailerSettings
    look: Look
    now: Callable[[], Awaitable[Set]] | None = None
    _known: dict[bytes, Shape] = field(default_factory=dict)

    async def of(self, run_id: str) -> Shape:
        """Return what shapes the emails of a run."""
        body = await self._kept(run_id)
        if body not in self._known:
            pinned = PinnedSettings.model_validate_json(body)
            look = Look(ShopFile(theme=pinned.theme), self.look.file, dict(pinned.theme_files))
            shape = shaped(self.settings.model_copy(update=dict(pinned.settings)), look)
            self._known[body] = replace(shape, models=pinned.models)
            for each in list(self._known)[:-MOST_KEPT]:
                del self._known[each]
        return self._known[body]

    async def _kept(self, run_id: str) -> bytes:
        key = object_keys.pinned_settings(run_id)
        kept, _ = await self.objects.tagged(key)
        if kept:
            return kept
        settings, look = await self.now() if self.now else (self.settings, self.look)
        judge = "" if settings.mailer_judge is Judge.OFF else settings.judge_model_id
        pinned = PinnedSettings(
            settings=settings.of_emails,
            theme=look.shop.theme,
            theme_files=look.theme_files,
            models=(settings.mailer_model_id, judge),
        )
        body = pinned.model_dump_json().encode()
        is_first = await self.objects.replace(key, body, etag="") is not None
        return body if is_first else (await self.objects.tagged(key))[0]
