"""Text as WeChat takes it: clean characters, pieces within the byte limit, options to tap."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

# A community measurement, not an official figure: above it custom/send answers 45002.
TEXT_LIMIT = 2048

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# Neither part of a link reaches over a "<", so that no text takes more than one pass.
_LINK = re.compile(r"<a\s[^<>]*>([^<]*)</a>")
_ATOM = re.compile(r"<a\s[^<>]*>[^<]*</a>|.", re.DOTALL)
_WIDE = str.maketrans('<>"&', "＜＞＂＆")
# Where a text may be cut, the best place first.
_CUTS = ("\n\n", "\n", "。！？!?", "；;", "，,、 ")
_JOINER = "\u200d"
_CLUSTER = 32  # code points that may belong to one character; what heaps more accents on it may be cut


def clean(text: str) -> str:
    """`text` without what XML, JSON or UTF-8 refuse: control characters and lone surrogates go, pairs are joined."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return _NOT_XML.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def option(label: str, choice: str) -> str:
    """A text that a person can tap; it comes back as a text message with `label` and bizmsgmenuid `choice`.

    The label stays readable Chinese (percent signs would cost nine bytes a character); the four characters that mean
    something in markup become their full-width twins, because the app shows entities as they are. The link form is
    known from WeChat's community, not from the reference.
    """
    shown = " ".join(clean(label).split()).translate(_WIDE)
    sent = re.sub(r"[%#?+' ]", lambda found: quote(found.group(), safe=""), shown)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={sent}&msgmenuid={quote(choice, safe="-_.:~")}">{shown}</a>'


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """`text` in pieces of at most `limit` UTF-8 bytes, cut at the end of a paragraph, line or sentence if there is one.

    A link or a character (with its accents, joiners and skin tones) is never cut; a link longer than the limit is
    reduced to its label. Nothing but white space at the cuts is lost. An empty text has no pieces.
    """
    short = _LINK.sub(lambda link: link[0] if len(link[0].encode()) <= limit else link[1], clean(text))
    atoms, pieces = _atoms(short.strip()), []
    while atoms:
        count = _fitting(atoms, limit)
        end = count if count == len(atoms) else _cut(atoms, count)
        pieces.append("".join(atoms[:end]).strip())
        atoms = atoms[end:]
    return [piece for piece in pieces if piece]


def _fitting(atoms: list[str], limit: int) -> int:
    """How many of the first atoms lie within the limit; one at least."""
    size = 0
    for count, atom in enumerate(atoms):
        size += len(atom.encode())
        if size > limit:
            return max(count, 1)
    return len(atoms)


def _cut(atoms: list[str], count: int) -> int:
    """How many of the first `count` atoms to keep: up to the best cut in their second half, else all of them."""
    for marks in _CUTS:
        for end in range(count, count // 2, -1):
            if marks == "\n\n":
                if atoms[end - 2 : end] == ["\n", "\n"]:
                    return end
            elif atoms[end - 1] in marks:
                return end
    return count


def _atoms(text: str) -> list[str]:
    """What may not be cut: links, and characters with all that belongs to them."""
    atoms: list[str] = []
    for found in _ATOM.findall(text):
        if atoms and len(found) == 1 and len(atoms[-1]) < _CLUSTER and _continues(atoms[-1], found):
            atoms[-1] += found
        else:
            atoms.append(found)
    return atoms


def _continues(before: str, char: str) -> bool:
    flag = "\U0001f1e6" <= char <= "\U0001f1ff"
    return (
        unicodedata.combining(char) > 0
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char == _JOINER
        or before.endswith(_JOINER)
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or (flag and len(before) == 1 and "\U0001f1e6" <= before <= "\U0001f1ff")
    )
