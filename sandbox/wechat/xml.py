"""WeChat's XML: flat, CDATA around texts, bare numbers."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping

Value = str | int | Mapping[str, "Value"]


def to_xml(fields: Mapping[str, Value]) -> str:
    """Write the fields in order; an int stays bare, a text goes into CDATA, a mapping becomes child elements."""
    return "<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"


def _element(name: str, value: Value) -> str:
    if isinstance(value, Mapping):
        inner = "".join(_element(*item) for item in value.items())
    elif isinstance(value, int):
        inner = str(value)
    else:
        inner = "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return f"<{name}>{inner}</{name}>"


def parse_xml(text: str) -> ET.Element:
    """Parse an answer whose root must be `<xml>`; anything else is a ValueError."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise ValueError(f"no well-formed XML: {error}") from error
    if root.tag != "xml":
        raise ValueError(f"the root is <{root.tag}>, not <xml>")
    return root


def text_of(parent: ET.Element, name: str) -> str:
    """The text of a child element; a missing or empty one is a ValueError."""
    value = parent.findtext(name)
    if not value:
        raise ValueError(f"<{name}> is missing or empty")
    return value
