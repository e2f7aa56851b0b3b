"""Pictures and voices: what people send, and what the account uploads."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox.clock import Clock
from sandbox.store import Store

LIFETIME = 3 * 24 * 3600
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/webp": "webp",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)


@dataclass(frozen=True)
class Media:
    """A stored file. `created` is on the moved clock."""

    media_id: str
    content_type: str
    created: float
    path: Path

    @property
    def filename(self) -> str:
        """The last part of its address."""
        return self.path.name


def sniff(data: bytes) -> str:
    """The content type by the first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "application/octet-stream")


class MediaBox:
    """Keeps files in a folder; their ids die after three days as WeChat's do, the files stay for the page."""

    def __init__(self, store: Store, clock: Clock, folder: Path) -> None:
        self._store = store
        self._clock = clock
        self._folder = folder

    def keep(self, data: bytes) -> Media:
        """Store a file under a new media id."""
        self._folder.mkdir(parents=True, exist_ok=True)
        media_id, content_type = secrets.token_urlsafe(48), sniff(data)
        path = self._folder / f"{media_id}.{_EXTENSIONS.get(content_type, 'bin')}"
        path.write_bytes(data)
        created = self._clock.now()
        self._store.put("media", media_id, {"content_type": content_type, "created": created, "file": path.name})
        return Media(media_id, content_type, created, path)

    def get(self, media_id: str) -> Media | None:
        """The file of an id that still lives."""
        body = self._store.get("media", media_id)
        if body is None or self._clock.now() - body["created"] > LIFETIME:
            return None
        return Media(media_id, body["content_type"], body["created"], self._folder / body["file"])

    def file(self, filename: str) -> Path | None:
        """The file behind a picture's address; unlike an id it does not expire."""
        path = self._folder / filename
        return path if "/" not in filename and path.is_file() else None
