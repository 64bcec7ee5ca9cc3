"""Plain text in lines that are read easily."""

WIDTH = 72


def wrapped(text: str, indent: int = 0) -> str:
    """Return a paragraph in lines of at most `WIDTH` characters, those after the first indented.

    A longer word, such as a link, has a line of its own. (`textwrap` takes ten times as long, as it also
    handles tabs, hyphens and long words.)
    """
    room = WIDTH - indent
    if len(text) <= room:
        return text
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return ("\n" + " " * indent).join([*lines, line])
