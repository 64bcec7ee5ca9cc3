"""A theme's CSS: colours and fonts filled in, and the rules for dark mode written from those for light."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

NARROW_PX = 480
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_VARIABLE = re.compile(r"var\(--([a-z-]+)\)")


class UnknownVariableError(ValueError):
    """CSS that uses a variable which no theme has."""


@dataclass(frozen=True)
class Stylesheet:
    """What is moved into style attributes, and what stays in the style element."""

    inlined: str
    kept: str


def stylesheet(css: str, narrow_css: str, *, light: Mapping[str, str], dark: Mapping[str, str]) -> Stylesheet:
    """Fill `var(--…)` and write the rules that depend on the screen and on dark mode.

    `light` and `dark` give each variable's value. Every declaration whose value differs in dark mode is
    repeated there. Raises `UnknownVariableError` for any other variable.
    """
    rules = list(_rules(css))
    narrow = [f"{selector}{{{_important(body, light)}}}" for selector, body in _rules(narrow_css)]
    dark_rules = _dark_rules(rules, light, dark)
    kept = [
        ":root{color-scheme:light dark}",
        _media(f"max-width:{NARROW_PX}px", narrow),
        _media("prefers-color-scheme:dark", dark_rules),
    ]
    inlined = "\n".join(f"{selector} {{{_filled(body, light)}}}" for selector, body in rules)
    return Stylesheet(inlined=inlined, kept="\n".join(filter(None, kept)))


def _rules(css: str) -> Iterator[tuple[str, str]]:
    for part in _COMMENT.sub("", css).split("}")[:-1]:
        *_, selector, body = ["", *part.split("{")]
        if selector:
            yield ", ".join(each.strip() for each in selector.split(",")), body.strip()


def _dark_rules(rules: list[tuple[str, str]], light: Mapping[str, str], dark: Mapping[str, str]) -> list[str]:
    """Group the selectors of equal declarations; of several declarations the last one counts, as in CSS."""
    selectors: dict[str, dict[str, None]] = {}
    for selector, body in rules:
        for declaration in filter(None, map(str.strip, body.split(";"))):
            changed = _filled(declaration, dark)
            if _VARIABLE.search(declaration) and changed != _filled(declaration, light):
                name, _, value = changed.partition(":")
                group = selectors.setdefault(f"{name.strip()}:{value.strip()} !important", {})
                group.update(dict.fromkeys(selector.split(", ")))
    return [f"{','.join(group)}{{{declaration}}}" for declaration, group in selectors.items()]


def _important(body: str, values: Mapping[str, str]) -> str:
    declarations = (each.strip() for each in _filled(body, values).split(";"))
    return ";".join(f"{each} !important" for each in declarations if each)


def _media(condition: str, rules: list[str]) -> str:
    body = "\n".join(rules)
    return f"@media ({condition}){{\n{body}\n}}" if rules else ""


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            expected = ", ".join(sorted(values))
            raise UnknownVariableError(f"found var(--{found[1]}), expected one of: {expected}")
        return values[found[1]]

    return _VARIABLE.sub(value, text)
