"""Somebody at a keyboard: Tab, Enter, typed text, and keys of the page; clicks and words are counted."""

from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Self

import pytest
from playwright.sync_api import Locator, Page, Response

MOST_TABS = 120
FOCUSED = "each => each === document.activeElement"


def _is_page(response: Response) -> bool:
    """Whether this answers for a page itself: no frame in it, and nothing that leads on."""
    request = response.request
    return (
        request.is_navigation_request()
        and not request.frame.parent_frame
        and not 300 <= response.status < 400
    )


@dataclass
class Keyboard:
    """Uses a page without a mouse; as a context, it prints how long a journey takes."""

    page: Page
    journey: str
    clicks: int = 0
    """How often a link or a button was pressed, or something chosen from a list."""
    words: int = 0
    """How often something was typed."""
    began: float = 0.0

    def __enter__(self) -> Self:
        self.began = monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.tell(f"{self.clicks} clicks, {self.words} typed")

    def tell(self, what: str) -> None:
        """Print what happened, and how long it took: a figure for a person; nothing is asserted of it."""
        print(f"\n{self.journey}: {what}, {monotonic() - self.began:.2f} s")  # noqa: T201

    def reach(self, place: Locator) -> None:
        """Press Tab until `place` has the focus, which must be seen."""
        place.wait_for()
        for _ in range(MOST_TABS):
            if place.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not lead to {place}")

    def press(self, place: Locator, key: str = "Enter") -> None:
        """Press a link or a button that stays on the page."""
        self.reach(place)
        self.clicks += 1
        self.page.keyboard.press(key)

    def follow(self, place: Locator) -> int:
        """Press a link or a button that leads to another page; return that page's status.

        What scripts write into the history meanwhile is no other page.
        """
        self.reach(place)
        with self.page.expect_event("domcontentloaded"), self.page.expect_response(_is_page) as leading:
            self.press(place)
        return leading.value.status

    def link(self, name: str) -> None:
        """Follow the first link that is called so."""
        self.follow(self.page.get_by_role("link", name=name, exact=True).first)

    def button(self, name: str) -> int:
        """Press the first button that is called so, which sends a form; return the answer's status."""
        return self.follow(self.page.get_by_role("button", name=name, exact=True).first)

    def type(self, label: str, text: str) -> None:
        """Type into the field that has a label, in the place of what it has."""
        self.reach(self.page.get_by_label(label).first)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.words += 1

    def choose(self, place: Locator, option: str) -> None:
        """Choose from a list by the beginning of what is wanted."""
        self.reach(place)
        self.page.keyboard.type(option)
        self.clicks += 1

    def keys(self, *keys: str) -> None:
        """Press keys of the page, of which the last leads to another page."""
        *before, last = keys
        for each in before:
            self.page.keyboard.press(each)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press(last)
