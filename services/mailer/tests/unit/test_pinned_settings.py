import asyncio
from dataclasses import replace

from fondly.contracts import object_keys
from fondly.mailer.__main__ import set_now
from fondly.mailer.domain.message.shop_file import Colours, ShopFile, ThemeChoice
from fondly.mailer.domain.message.theme_files import built_in_theme
from fondly.mailer.settings import EmailSettings, MailerSettings
from fondly.mailer.use_cases.load_look import Look
from fondly.mailer.use_cases.pin_settings import PinnedSettings, PinSettings
from services.mailer.tests.unit.test_handler import RUN, Recommend, World, world
from services.mailer.tests.unit.test_settings import RESOURCES
from tests.support.stores import InMemoryObjects

__all__ = ["world"]
SECRET = "signs-everything"
SETTINGS = MailerSettings.model_validate(
    {
        **RESOURCES,
        "mailer_brand_name": "Fondly Shop",
        "mailer_unsubscribe_key": SECRET,
        "mailer_remedy": "A new one.",
    }
)
LOOK = Look(theme_files=built_in_theme("plain"))
"""What is set when a run begins."""
CHANGED = replace(
    LOOK,
    shop=ShopFile(theme=ThemeChoice(name="market", colours=Colours(light={"accent": "#123456"}))),
    theme_files=built_in_theme("market"),
)


async def test_a_run_keeps_the_look_that_its_first_email_had(world: World, recommend: Recommend) -> None:
    """A service that starts anew with other settings and another theme makes its other parts as before."""
    await world.open(parts=2)
    later = SETTINGS.model_copy(update={"mailer_brand_name": "Another Shop"})
    bodies = list[str]()
    for part, settings, look in ((1, SETTINGS, LOOK), (2, later, CHANGED)):
        pin = PinSettings(world.objects, settings, look)
        handler = replace(world.handler, mail_part=replace(world.handler.mail_part, pin=pin))
        await handler(await world.message([recommend(f"C{part}")], part=part, parts=2))
        bodies.append(world.objects.stored[object_keys.email(RUN, f"C{part}")].decode())
    assert "Another Shop" not in bodies[1]
    assert all("From: Fondly Shop" in body for body in bodies)
    other = await PinSettings(world.objects, later, CHANGED).of("run-2")
    assert other.read_facts.brand == "Another Shop"
    first, second = (
        PinnedSettings.model_validate_json(world.objects.stored[object_keys.pinned_settings(run)])
        for run in (RUN, "run-2")
    )
    assert first.sha256 != second.sha256
    assert (first.theme.name, second.theme.name) == ("plain", "market")


async def test_whichever_part_is_first_pins_and_no_secret_is_kept() -> None:
    """Two at once agree; what is kept has every setting that shapes emails, and neither key nor endpoint."""
    objects, runs = InMemoryObjects(), ["run-1", "run-2"]
    settings = [SETTINGS.model_copy(update={"mailer_brand_name": name}) for name in "AB"]
    services = [PinSettings(objects, each, LOOK) for each in settings]
    for run in runs:
        made = await asyncio.gather(*(each.of(run) for each in (*services, *services)))
        assert len({each.read_facts.brand for each in made}) == 1
    body = objects.stored[object_keys.pinned_settings(runs[0])]
    pinned = PinnedSettings.model_validate_json(body)
    assert pinned.settings.model_fields_set == set(EmailSettings.model_fields)
    assert pinned.settings.mailer_remedy == "A new one."
    assert SECRET.encode() not in body
    assert not {name for name in EmailSettings.model_fields if "key" in name or "unsubscribe" in name}


async def test_what_a_shop_has_saved_shapes_its_next_run_without_a_start_anew() -> None:
    """Voice and theme alike; of files that cannot be used meanwhile nothing is, and runs go on."""
    objects, key = InMemoryObjects(), f"{object_keys.SHOP}{object_keys.SHOP_CONFIG}"
    given = MailerSettings.model_validate(RESOURCES)

    async def now() -> tuple[MailerSettings, Look]:
        return await set_now(given, objects, otherwise=(given, LOOK))

    pin = PinSettings(objects, given, LOOK, now)
    before = await pin.of("run-1")
    objects.stored[key] = b'[brand]\nvoice = "dry, precise"\n[theme]\nname = "market"\n'
    assert (await pin.of("run-2")).style.voice == "dry, precise"
    assert (await pin.of("run-1")).style.voice == before.style.voice
    objects.stored[key] = b"[brand]\nvoice = 1"
    assert (await pin.of("run-3")).style.voice == before.style.voice
