"""What the terminal says when everything runs: where it is, who may log in, what to try first, how long it took."""

from __future__ import annotations

from collections.abc import Mapping

# The logins that `bot.cli seed` makes on a laptop, and the variable that holds each one's password.
DEMO_LOGINS = {
    "handler": ("DEMO_HANDLER_PASSWORD", "supply bureau, first review"),
    "principal": ("DEMO_PRINCIPAL_PASSWORD", "supply bureau, urged when orders are late"),
    "reviewer": ("DEMO_REVIEWER_PASSWORD", "trading centre, second review"),
    "admin": ("DEMO_ADMIN_PASSWORD", "trading centre, rules and settings"),
    "retailer": ("DEMO_RETAILER_PASSWORD", "retail company, its packages"),
    "retailer2": ("DEMO_RETAILER2_PASSWORD", "another retail company"),
}


def welcome(
    environment: Mapping[str, str],
    times: Mapping[str, float],
    first: Mapping[str, float] | None,
    late: list[str],
) -> str:
    """The text; `first` holds the times of the first start, None when this is it."""
    parts = [_ready(times, first, late), _where(environment)]
    if "SANDBOX_URL" in environment:
        parts.append(_try(environment["SANDBOX_URL"]))
    return "\n\n".join(parts) + "\n\nCtrl-C stops all of it."


def _ready(times: Mapping[str, float], first: Mapping[str, float] | None, late: list[str]) -> str:
    state = f"Running, except for: {', '.join(late)} (see './run logs NAME')." if late else "Everything is running."
    text = f"\n{state} Set-up {times['setup']:.1f} s, start {times['start']:.1f} s"
    if first:
        text += f" (the first time: set-up {first['setup']:.1f} s, start {first['start']:.1f} s)"
    return text + "."


def _where(environment: Mapping[str, str]) -> str:
    lines = [f"  The console        {environment['PUBLIC_URL']}/console"]
    if "SANDBOX_URL" in environment:
        lines.insert(0, f"  The phones         {environment['SANDBOX_URL']}   (WeChat and SMS of several people)")
        for login, (variable, what) in DEMO_LOGINS.items():
            if variable in environment:
                lines.append(f"    log in as        {login:<10} {environment[variable]:<12} ({what})")
    else:
        lines.append(f"  WeChat calls       {environment['PUBLIC_URL']}/wechat (put a public https address before it)")
    lines.append("  Logs               var/log, or './run logs NAME'")
    return "\n".join(lines)


def _try(sandbox: str) -> str:
    return (
        "What to try first:\n"
        f"  1. Open {sandbox}, choose 王会计, and follow the account (关注).\n"
        "  2. Say 我要注册, and send the photo of the business licence that the page offers.\n"
        "  3. Answer what is asked; the SMS code arrives in the same page's SMS inbox.\n"
        "  4. After 提交, log in to the console as handler and approve, then as reviewer."
    )
