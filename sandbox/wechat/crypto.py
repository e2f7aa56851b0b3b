"""WeChat's message encryption, from the platform's side.

AES-256-CBC, key = base64(EncodingAESKey + "="), iv = key[:16], PKCS#7 to 32-byte blocks over
random(16) + length(4, network order) + message + appid. Source: the guide to message encryption of the official
account platform; its worked example is in the tests.
"""

import base64
import binascii
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class BadCipher(ValueError):
    """A text that was not encrypted for this account."""


def signature(*parts: str) -> str:
    """SHA-1 over the parts in alphabetical order: (token, timestamp, nonce[, encrypted])."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


class MessageCipher:
    """Encrypts and decrypts for one account."""

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._app_id = app_id.encode()

    def encrypt(self, message: str, random: bytes | None = None) -> str:
        """Return the base64 text; `random` (16 bytes) is given only to reproduce a known result."""
        data = message.encode()
        head = (random or secrets.token_hex(8).encode()) + struct.pack("!I", len(data))
        full = head + data + self._app_id
        padding = BLOCK - len(full) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(full + bytes([padding]) * padding) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return the message; BadCipher when it is broken or names another app id."""
        try:
            decryptor = self._cipher().decryptor()
            full = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
            padding = full[-1]
            if not 1 <= padding <= BLOCK or full[-padding:] != bytes([padding]) * padding:
                raise BadCipher("bad padding")
            full = full[:-padding]
            end = 20 + struct.unpack("!I", full[16:20])[0]
            if full[end:] != self._app_id:
                raise BadCipher("another app id")
            return full[20:end].decode()
        except (binascii.Error, struct.error, IndexError, ValueError) as error:
            raise BadCipher(str(error)) from error

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
