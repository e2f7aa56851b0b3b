"""WeChat's error codes, in our five words for what to do about them.

Sources: the error tables of api_sendcustommessage, api_sendtemplatemessage, api_getstableaccesstoken and the media,
menu and QR pages on developers.weixin.qq.com. A code that is not here was refused as well (so nothing was sent) and may
be tried again by whoever counts the attempts.
"""

from __future__ import annotations

from bot.channels.base import SendError

TOKEN_CODES = frozenset({40001, 40014, 42001})  # invalid or expired access token

_RETRY: dict[str, frozenset[int]] = {
    # busy; token lost again right after a refresh; calls a minute; interface suspended for a moment
    "soon": frozenset({-1, 45011}) | TOKEN_CODES,
    # daily quota; outside the 48 h window (opens when the person writes); five pushes used up
    "later": frozenset({45009, 45015, 45047}),
    # this person: bad openid, unfollowed, blacklisted, refuses, never subscribed;
    # this message: too long, media gone, bad argument or field, too many items, articles; typing out of turn
    "never": frozenset(
        {40003, 40004, 40005, 40006, 40007, 40008, 40009, 40035, 40097, 43004, 43019, 43101, 44002, 44004, 45001, 45002}
        | {45008, 45072, 45080, 45081, 45098, 47001, 47003, 48002}
        | set(range(40015, 40028))  # the menu's shape
    ),
    # our configuration or account: secret, app id, IP list, frozen, risky IP, rights, template id, account type, domain
    "alarm": frozenset(
        {40002, 40013, 40036, 40037, 40125, 40164, 40200, 40243, 41002, 41004, 48001, 48004, 50002, 61004, 65316, 89503}
    ),
}
_BY_CODE = {code: retry for retry, codes in _RETRY.items() for code in codes}


def send_error(code: int) -> SendError:
    """The error to raise for WeChat's `code`: the code and what to do, without WeChat's text (it may name a person)."""
    return SendError(str(code), retry=_BY_CODE.get(code, "soon"))
