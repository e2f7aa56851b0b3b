"""Template messages: which fields they take, what a field may hold, how they look."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.catalogue import Catalogue
from sandbox.wechat.errors import ApiError

_FIELD = re.compile(r"\{\{\s*([A-Za-z_]+\d*)\.DATA\s*\}\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TIME = r"(\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}日?\s*)?\d{1,2}:\d{2}(:\d{2})?"
_DATE = r"\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}日?"
# Field kinds of category templates (类目模板) and what each may hold. Source: the official table of parameter
# kinds; `const` takes approved words only, which a sandbox cannot know.
_KINDS = {
    "thing": r".{1,20}",
    "number": r"[\d.+-]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": rf"({_DATE}|{_TIME})(\s*~\s*({_DATE}|{_TIME}))?",
    "date": rf"({_DATE}|{_TIME})(\s*~\s*({_DATE}|{_TIME}))?",
    "amount": r"[¥$€￥]?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[\d+() -]{1,17}",
    "car_number": r".{1,8}",
    "name": r"([\u4e00-\u9fff·]{1,10}|[A-Za-z .]{1,20})",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
    "const": r".{1,20}",
}


@dataclass(frozen=True)
class Template:
    """A template of the account; without a content any field is taken."""

    template_id: str
    title: str = "服务通知"
    content: str = ""

    def fields(self) -> list[str]:
        """The names of its fields in order."""
        return _FIELD.findall(self.content)

    def render(self, data: dict[str, Any]) -> str:
        """Title and lines as the phone shows them; a refused value is an ApiError 47003."""
        values = {name: _value(item) for name, item in data.items()}
        if not self.content:
            lines = [f"{name}：{_checked(name, value)}" for name, value in values.items()]
            return "\n".join([self.title, *lines])
        for name in self.fields():
            _checked(name, values.get(name, ""))
        return f"{self.title}\n{_FIELD.sub(lambda match: values[match.group(1)], self.content)}"


class Templates:
    """The account's templates; without a file every id is known."""

    def __init__(self, path: Path | None) -> None:
        self._catalogue = Catalogue(path)

    def get(self, template_id: str) -> Template:
        """The template; ApiError 40037 when the account has none of this id."""
        known = self._catalogue.items("template_id")
        if known is None:
            return Template(template_id)
        if template_id not in known:
            raise ApiError(40037)
        return Template(template_id, known[template_id]["title"], known[template_id]["content"])

    def all(self) -> list[dict[str, str]]:
        """As /cgi-bin/template/get_all_private_template lists them."""
        known = self._catalogue.items("template_id") or {}
        return [{key: item[key] for key in ("template_id", "title", "content")} for item in known.values()]


def _value(item: Any) -> str:
    return str(item.get("value", "")) if isinstance(item, dict) else ""


def _checked(name: str, value: str) -> str:
    """Return the value when its kind allows it; unknown kinds (keyword1 …) take 20 characters."""
    kind = re.sub(r"\d+$", "", name)
    pattern = _KINDS.get(kind, r".{1,20}")
    if not value:
        raise ApiError(47003, f"data.{name}.value is empty")
    if _CONTROL.search(value) or not re.fullmatch(pattern, value):
        raise ApiError(47003, f"data.{name}.value invalid")
    return value
