"""Reading the XML of a callback: flat, bounded, and without anything that XML can do beyond fields.

expat is used as it is, because xmltodict (wechatpy's parser) has no limits, strips what people typed and turns a field
that comes twice into a list.
"""

from __future__ import annotations

import re
from xml.parsers import expat

MAX_DEPTH = 8
MAX_ELEMENTS = 200
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # never part of a multi-byte UTF-8 character


class BadXml(ValueError):
    """Not the XML of a callback. The text is a short machine word and never holds the input."""


class _Reader:
    """Collects the leaves directly under <xml>; what is nested deeper is counted and left out."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._leaf = False
        self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "xml":
            raise BadXml("root")
        self._path.append(name)
        self._elements += 1
        if len(self._path) > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise BadXml("too_many_tags")
        self._text, self._leaf = [], True

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        if len(self._path) == 2 and self._leaf:
            if name in self.fields:
                raise BadXml("twice")
            self.fields[name] = "".join(self._text)
        self._path.pop()
        self._leaf = False


def _forbidden(*_: object) -> None:
    raise BadXml("doctype")


def fields_of(xml: bytes) -> dict[str, str]:
    """The fields directly under `<xml>` with their text as typed, white space included.

    Control characters that XML does not know are dropped (a person can paste them). Raises BadXml for everything that
    is not well-formed UTF-8 XML with root `xml`, for a document type or entity, for a field that comes twice, and
    beyond MAX_DEPTH or MAX_ELEMENTS.
    """
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = _forbidden
    parser.EntityDeclHandler = _forbidden
    try:
        parser.Parse(_NOT_XML.sub(b"", xml), True)
    except expat.ExpatError:
        raise BadXml("not_xml") from None
    return reader.fields
