"""What the outside world remembers: one SQLite file, so that conversations survive a restart."""

import json
import sqlite3
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS docs (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT, direction TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS messages_by_person ON messages (person, seq);
CREATE TABLE IF NOT EXISTS deliveries (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);
CREATE TABLE IF NOT EXISTS sms (seq INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT, at REAL, body TEXT);
CREATE INDEX IF NOT EXISTS sms_by_phone ON sms (phone, at);
CREATE TABLE IF NOT EXISTS pushes (seq INTEGER PRIMARY KEY AUTOINCREMENT, due REAL, body TEXT);
"""

Body = dict[str, Any]


class Store:
    """Documents by kind and key, and four growing lists. Used by one thread; each write is kept at once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # documents
    def get(self, kind: str, key: str) -> Any:
        """Return the document, or None."""
        row = self._db.execute("SELECT body FROM docs WHERE kind=? AND key=?", (kind, key)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, key: str, body: Any) -> None:
        """Write or replace a document."""
        query = "INSERT INTO docs VALUES (?,?,?) ON CONFLICT (kind, key) DO UPDATE SET body=excluded.body"
        self._db.execute(query, (kind, key, _text(body)))

    def delete(self, kind: str, key: str) -> None:
        """Remove a document, if it is there."""
        self._db.execute("DELETE FROM docs WHERE kind=? AND key=?", (kind, key))

    def all(self, kind: str) -> dict[str, Any]:
        """Return every document of a kind, by key, in the order in which they were first written."""
        rows = self._db.execute("SELECT key, body FROM docs WHERE kind=? ORDER BY rowid", (kind,))
        return {key: json.loads(body) for key, body in rows}

    def count_up(self, kind: str, key: str) -> int:
        """Add one to a counter document and return its new value."""
        value = int(self.get(kind, key) or 0) + 1
        self.put(kind, key, value)
        return value

    # messages
    def add_message(self, person: str, direction: str, body: Body) -> int:
        """Append to a person's conversation; return its place (seq), which grows over all persons."""
        row = (person, direction, _text(body))
        return _id(self._db.execute("INSERT INTO messages (person, direction, body) VALUES (?,?,?)", row))

    def messages(self, person: str, after: int = 0, direction: str | None = None) -> list[Body]:
        """Return a person's messages with a seq above `after`, oldest first."""
        query = "SELECT seq, direction, body FROM messages WHERE person=? AND seq>?"
        arguments: list[Any] = [person, after]
        if direction:
            query, arguments = query + " AND direction=?", [*arguments, direction]
        return [_message(row) for row in self._db.execute(query + " ORDER BY seq", arguments)]

    def message(self, seq: int) -> tuple[str, Body] | None:
        """Return (person id, message), or None."""
        row = self._db.execute("SELECT person, seq, direction, body FROM messages WHERE seq=?", (seq,)).fetchone()
        return (row[0], _message(row[1:])) if row else None

    def change_message(self, seq: int, **changes: Any) -> Body | None:
        """Overwrite parts of a message; return it, or None when there is no such message."""
        row = self._db.execute("SELECT body FROM messages WHERE seq=?", (seq,)).fetchone()
        if row is None:
            return None
        self._db.execute("UPDATE messages SET body=? WHERE seq=?", (_text(json.loads(row[0]) | changes), seq))
        found = self.message(seq)
        return found[1] if found else None

    # callback attempts
    def add_delivery(self, body: Body) -> int:
        """Append one callback attempt; return its seq."""
        return _id(self._db.execute("INSERT INTO deliveries (body) VALUES (?)", (_text(body),)))

    def deliveries(self, after: int = 0) -> list[Body]:
        """Return the attempts with a seq above `after`, oldest first."""
        rows = self._db.execute("SELECT seq, body FROM deliveries WHERE seq>? ORDER BY seq", (after,))
        return [{"seq": seq, **json.loads(body)} for seq, body in rows]

    # SMS that were accepted
    def add_sms(self, phone: str, at: float, body: Body) -> int:
        """Append an accepted SMS (`at` in seconds since 1970, moved clock); return its seq."""
        return _id(self._db.execute("INSERT INTO sms (phone, at, body) VALUES (?,?,?)", (phone, at, _text(body))))

    def sms(self, phone: str, since: float = 0) -> list[Body]:
        """Return a phone's SMS since a moment, oldest first."""
        query = "SELECT seq, at, body FROM sms WHERE phone=? AND at>=? ORDER BY at, seq"
        rows = self._db.execute(query, (phone, since))
        return [{"seq": seq, "at": at, **json.loads(body)} for seq, at, body in rows]

    # pushes that are still owed
    def add_push(self, due: float, body: Body) -> int:
        """Remember a push to be made at `due` (moved clock); return its seq."""
        return _id(self._db.execute("INSERT INTO pushes (due, body) VALUES (?,?)", (due, _text(body))))

    def move_pushes(self, seconds: float) -> None:
        """Shift when the owed pushes are due, for a clock that was moved back."""
        self._db.execute("UPDATE pushes SET due=due+?", (seconds,))

    def take_due_pushes(self, now: float) -> list[Body]:
        """Remove and return the pushes whose time has come."""
        rows = self._db.execute("DELETE FROM pushes WHERE due<=? RETURNING seq, body", (now,)).fetchall()
        return [json.loads(body) for _, body in sorted(rows)]


def _text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def _id(cursor: sqlite3.Cursor) -> int:
    return int(cursor.lastrowid or 0)


def _message(row: tuple[int, str, str]) -> Body:
    return {"seq": row[0], "direction": row[1], **json.loads(row[2])}
