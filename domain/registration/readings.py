"""What was read off a picture: which document it is, each field with how sure it is and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.identifiers import InvalidIdentifier, normalise_registration_number, normalise_uscc, repair_uscc


class DocumentKind(StrEnum):
    """A document that a registration may need."""

    LICENCE = "licence"
    LETTER = "letter"
    LEASE = "lease"
    IDENTITY = "identity"


DOCUMENT_NAMES: Mapping[str, str] = {
    DocumentKind.LICENCE: "营业执照",
    DocumentKind.LETTER: "授权委托书",
    DocumentKind.LEASE: "租赁协议",
    DocumentKind.IDENTITY: "身份证",
}


# What else people send: a word of the reader for each, as they are called.
OTHER_DOCUMENTS: Mapping[str, str] = {
    "account_permit": "开户许可证",
    "permit": "许可证",
    "tax": "税务登记证",
    "bill": "账单",
    "property": "产权证",
    "promise": "承诺书或证明",
    "vehicle": "行驶证或驾驶证",
    "report": "企业信用报告",
    "screenshot": "聊天截图",
    "certificate": "别的证书",
}
# Whether a paper was sealed or signed, in the words of its fields `seal` and `signature`.
MARK_NAMES: Mapping[str, str] = {"yes": "有", "no": "没有", "unsure": "没看清"}


@dataclass(frozen=True, slots=True)
class Read:
    """One field as it was read off a picture; an empty value with a doubt was looked for in vain. `box`: left, top,
    right and bottom in the upright picture, each as a part of its width or height (0 to 1); empty where the place is
    not known."""

    value: str
    confidence: float
    doubts: tuple[str, ...] = ()
    box: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a picture gave. `trouble` is a word when it gave nothing (`domain.dialogue.wording.PHOTO_TROUBLES`);
    then `kind` is one of OTHER_DOCUMENTS, or empty. `turns`: quarters by which the picture was turned counter-clockwise
    to stand upright, after what its EXIF says."""

    fields: Mapping[str, Read] = field(default_factory=dict)
    trouble: str = ""
    kind: str = DocumentKind.LICENCE
    turns: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        """The reading as `Photo.reading` keeps it."""
        fields = {
            name: Read(each["value"], each["confidence"], tuple(each["doubts"]), tuple(each.get("box", ())))
            for name, each in data.get("fields", {}).items()
        }
        return cls(fields, data.get("trouble", ""), data.get("kind", DocumentKind.LICENCE), data.get("turns", 0))

    def to_json(self) -> dict[str, Any]:
        """The reading as `Photo.reading` keeps it."""
        fields = {
            name: {
                "value": read.value,
                "confidence": read.confidence,
                "doubts": list(read.doubts),
                "box": list(read.box),
            }
            for name, read in self.fields.items()
        }
        return {"fields": fields, "trouble": self.trouble, "kind": self.kind, "turns": self.turns}

    def code(self) -> str:
        """The code to ask the registry with: one whose check digits hold and that was not doubted, else empty.
        A repair that is the only one possible may be asked with; whatever comes back is shown and confirmed."""
        read = self.fields.get("code")
        if read is None or not read.value:
            return ""
        for normalise in (normalise_uscc, normalise_registration_number):
            try:
                return normalise(read.value) if not read.doubts else ""
            except InvalidIdentifier:
                continue
        repair = repair_uscc(read.value)
        return repair.code if repair is not None and repair.unique and repair.forced else ""

    def name(self) -> str:
        """The company's name, where one was read."""
        read = self.fields.get("name")
        return read.value if read is not None else ""

    def value(self, name: str) -> str:
        """What a field says, empty where it was not read."""
        read = self.fields.get(name)
        return read.value if read is not None else ""
