"""The custom menu: once a server is configured, WeChat's own console cannot make one any more.

Limits: three columns of five; names of 4 and 8 Chinese characters; keys up to 128 bytes.
"""

from __future__ import annotations

from typing import Any

_COLUMNS = {
    "我要办理": {"register": "我要注册", "progress": "我的进度", "supplement": "补充材料"},
    "市场指南": {
        "how_to_photograph": "怎么拍执照",
        "which_documents": "需要什么材料",
        "how_long": "办理要多久",
        "rules_question": "零售和批发",
        "knowledge": "常见问题",
    },
    "我的服务": {"help": "帮助", "whoami": "我的绑定", "human": "人工服务", "stop_notices": "暂停通知"},
}

MENU: dict[str, Any] = {
    "button": [
        {"name": column, "sub_button": [{"type": "click", "name": name, "key": key} for key, name in items.items()]}
        for column, items in _COLUMNS.items()
    ]
}

# What each menu key reads like to the person who tapped it.
MENU_NAMES: dict[str, str] = {key: name for items in _COLUMNS.values() for key, name in items.items()}
