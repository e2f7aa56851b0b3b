"""The account's menu: at most three buttons with five below each."""

from typing import Any

from sandbox.wechat.errors import ApiError

_KEYED = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
_OTHERS = {"view": "url", "media_id": "media_id", "article_id": "article_id", "miniprogram": "url"}


def check_menu(menu: Any) -> dict[str, Any]:
    """Return the menu as it will be kept, or raise the ApiError that WeChat answers."""
    buttons = menu.get("button") if isinstance(menu, dict) else None
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise ApiError(40016)
    for button in buttons:
        _check_name(button, limit=16, error=40018)
        below = button.get("sub_button") or []
        if len(below) > 5:
            raise ApiError(40023)
        for child in below:
            _check_name(child, limit=60, error=40025)
        for leaf in below or [button]:
            _check_leaf(leaf)
    return {"button": buttons}


def leaves(menu: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons that do something."""
    return [leaf for button in menu.get("button", []) for leaf in (button.get("sub_button") or [button])]


def _check_name(button: Any, limit: int, error: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= limit:
        raise ApiError(error)


def _check_leaf(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind in _KEYED:
        if not 1 <= len(str(button.get("key", "")).encode()) <= 128:
            raise ApiError(40019)
    elif kind in _OTHERS:
        if not 1 <= len(str(button.get(_OTHERS[kind], "")).encode()) <= 1024:
            raise ApiError(40020)
    else:
        raise ApiError(40017)
