"""What of a page shows that an input was taken for more than text."""

import re
from collections.abc import Iterator

from html5lib import parse

from fondly.console.static_files import address

SCRIPTS = {*map(address, ("htmx.min.js", "hx-sse.min.js", "keys.js"))}
TAGS = re.compile(
    r"html|head|meta|title|link|script|body|a|header|nav|p|main|h[123]|ul|ol|li|dl|dt|dd|div|span|section|b"
    r"|strong|small|code|kbd|pre|q|mark|br|table|caption|thead|tbody|tr|th|td|form|label|input|button|select"
    r"|option|textarea|details|summary|fieldset|legend|figure|figcaption|progress|iframe|svg|polyline|rect"
    r"|path|line|text|g"
)
"""What templates have; whatever else a page has is not of them."""
ATTRIBUTES = re.compile(
    r"accept|action|aria-[a-z]+|autocomplete|autofocus|charset|class|colspan|content|cols|data-(key|state|label)"
    r"|datetime|defer|disabled|download|enctype|for|height|href|hx-(get|target|trigger|swap|sse:connect|sse:close)|id"
    r"|inputmode|lang|max|maxlength|method|min|multiple|name|open|placeholder|points|preserveaspectratio|rel"
    r"|referrerpolicy|required|role|rows|sandbox|scope|selected|size|spellcheck|src|step|tabindex|title|type"
    r"|value|viewbox|width|hidden|[xyd]|x1|x2|y1|y2",
    re.IGNORECASE,
)
ADDRESSES = {"action", "href", "src", "hx-get", "hx-sse:connect"}
OWN = re.compile(r"(/(?![/\\])|\?|#)[^\t\r\n]*|data:,")


def problems(html: str) -> Iterator[str]:
    """Yield what of a page or a part of one no template has: elements, attributes, addresses of others."""
    for each in parse(html, treebuilder="etree", namespaceHTMLElements=False).iter():
        if not isinstance(each.tag, str) or not TAGS.fullmatch(each.tag.rpartition("}")[2]):
            yield f"<{each.tag}>"
            continue
        for name, value in each.attrib.items():
            if not ATTRIBUTES.fullmatch(name):
                yield f"<{each.tag} {name}>"
            if name in ADDRESSES and not OWN.fullmatch(value):
                yield f"{name}={value[:100]}"
        if each.tag == "script" and (each.get("src") not in SCRIPTS or each.text):
            yield f"script {each.get('src')}"
        if each.tag == "iframe" and each.get("sandbox") != "":
            yield "an iframe that may do more than show"
        if each.tag == "meta" and each.get("name") not in {None, "viewport", "color-scheme", "htmx-config"}:
            yield f"meta {each.get('name')}"
