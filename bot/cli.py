"""The command line behind ./run: migrate, seed, user, menu, sms-templates, licence, verify, understand."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.anchoring import lines_of
from bot.channels.base import SendError
from bot.channels.wechat.menu import MENU
from bot.clock import Clock
from bot.database import Store
from bot.processes import process_app
from bot.seed import seed
from bot.settings import read_settings
from bot.understanding import understood
from domain.anchors import verify
from domain.evidence_pack import check_pack
from domain.knowledge import articles
from domain.messages.templates import SMS_KINDS, SMS_TEMPLATES, VARIABLES
from domain.migrate import migrate
from domain.people.staff import OrganisationKind, Role, organisation, set_password
from domain.private import use_keys
from domain.rules import rules


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one word of the command line; the exit code."""
    words = argparse.ArgumentParser(prog="./run", description=__doc__)
    chosen = words.add_subparsers(dest="word", required=True)
    chosen.add_parser("migrate", help="bring the database to the newest form")
    chosen.add_parser("seed", help="fill in what a demonstration needs (logins, template numbers)")
    chosen.add_parser("menu", help="create the custom menu of the official account")
    chosen.add_parser("sms-templates", help="print the SMS templates to be approved, with this installation's address")
    user = chosen.add_parser("user", help="make a console login, or give it a new password")
    user.add_argument("login")
    user.add_argument("--name", default="")
    user.add_argument("--role", choices=[role.value for role in Role], default=Role.HANDLER.value)
    user.add_argument("--bureau", default="", help="the bureau's code; without it the trading centre")
    verify = chosen.add_parser(
        "verify", help="check the evidence, or a pack that was downloaded (without the database)"
    )
    verify.add_argument("pack", nargs="?", type=Path, help="a pack's JSON file; without it the whole chain")
    verify.add_argument("--anchors", type=Path, help="the anchors that you kept yourself, to hold them against it")
    licence = chosen.add_parser("licence", help="read pictures of business licences", add_help=False)
    licence.add_argument("files", nargs=argparse.REMAINDER)
    heard = chosen.add_parser("understand", help="say what is made of messages, one JSON object a line")
    heard.add_argument("file", type=Path)
    given = words.parse_args(arguments)
    return _WORDS[given.word](given)


def _store() -> Store:
    settings = read_settings()
    use_keys(settings.data_key)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    return Store(settings.database)


def _migrate(given: argparse.Namespace) -> int:
    store = _store()
    migrate(store.engine)
    with store.write() as session:
        rules.ship(session)
        articles.ship(session)
    return 0


def _seed(given: argparse.Namespace) -> int:
    settings = read_settings()
    with _store().write() as session:
        seed(session, Clock(settings.clock_offset_file)(), os.environ)
    return 0


def _menu(given: argparse.Namespace) -> int:
    try:
        process_app().wechat.create_menu(MENU)
    except SendError as error:
        print(f"WeChat refused the menu: {error}", file=sys.stderr)
        return 1
    print("The menu is in place; followers see it within five minutes.")
    return 0


def _sms_templates(given: argparse.Namespace) -> int:
    host = read_settings().public_url
    for name, each in SMS_TEMPLATES.items():
        variables = [
            f"{variable}={VARIABLES[variable].kind}≤{VARIABLES[variable].most}" for variable in each.variables()
        ]
        print("\t".join((name, each.name, SMS_KINDS[each.kind], each.registered(host), " ".join(variables))))
    return 0


def _user(given: argparse.Namespace) -> int:
    password = getpass.getpass("New password (12 characters or more): ") if sys.stdin.isatty() else input()
    if len(password) < 12:
        print("The password must have 12 characters or more.", file=sys.stderr)
        return 2
    kind = OrganisationKind.BUREAU if given.bureau else OrganisationKind.CENTRE
    code, name = (given.bureau, given.bureau) if given.bureau else ("centre", "电力交易中心")
    with _store().write() as session:
        place = organisation(session, kind, code, name)
        set_password(
            session,
            given.login,
            password,
            secrets.token_bytes(16),
            name=given.name or given.login,
            role=Role(given.role),
            organisation_id=place.id,
        )
    print(f"{given.login} may log in.")
    return 0


def _verify(given: argparse.Namespace) -> int:
    if given.pack is not None:
        lines = given.anchors.read_text().splitlines() if given.anchors is not None else None
        return _said(check_pack(json.loads(given.pack.read_text()), lines), "证据包与校验值一致。")
    settings = read_settings()
    lines = (given.anchors.read_text().splitlines()) if given.anchors is not None else lines_of(settings)
    with _store().read() as session:
        faults = [each.words for each in verify(session, lines)]
    return _said(faults, f"证据链完整，与{len(lines)}天的锚一致。")


def _said(faults: Sequence[str], good: str) -> int:
    """Say every fault, or that there is none; the exit code."""
    for each in faults:
        print(each, file=sys.stderr)
    print(f"发现{len(faults)}处问题。" if faults else good)
    return 1 if faults else 0


def _licence(given: argparse.Namespace) -> int:
    from bot.ocr.__main__ import main as read  # here: it takes seconds to import

    return read(given.files)


def _understand(given: argparse.Namespace) -> int:
    try:
        found = understood(given.file)
    except (OSError, ValueError) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    for line in found:
        print(json.dumps(line, ensure_ascii=False))
    return 0


_WORDS = {
    "migrate": _migrate,
    "seed": _seed,
    "menu": _menu,
    "sms-templates": _sms_templates,
    "user": _user,
    "verify": _verify,
    "licence": _licence,
    "understand": _understand,
}

if __name__ == "__main__":
    sys.exit(main())
