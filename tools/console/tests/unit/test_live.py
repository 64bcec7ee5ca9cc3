"""What is looked at once for all who watch."""

from fondly.console.live import Live


async def test_a_page_shows_what_somebody_follows_already() -> None:
    """It looks itself only while nobody does."""
    live, looks = Live(), list[str]()

    async def look() -> str:
        looks.append("a look")
        return "queues"

    assert live.latest("key") is None
    following = live.follow("key", look, 60)
    assert await anext(following) == live.latest("key") == "queues"
    await following.aclose()
    assert (live.latest("key"), looks) == (None, ["a look"])
