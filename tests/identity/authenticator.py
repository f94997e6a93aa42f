"""A passkey without a device: answers the site's options as a browser and its authenticator would (WebAuthn level 2)."""

import json
import re
import struct
from hashlib import sha256
from typing import Any

import cbor2
import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from app.identity.access import cookie_name
from tests.site import ORIGIN, Visitor

HOST = "localhost"
ACCESS, KEY, RECOVERY = "/mon-espace/acces", "/connexion/cle", "/connexion/secours"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One key pair on the curve P-256, and a count of its uses."""

    def __init__(self, name: bytes = b"a key of the tests") -> None:
        self.id = name
        self.pair = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def make(self, options: dict[str, Any], *, origin: str = ORIGIN, host: str = HOST) -> str:
        """The answer of ``navigator.credentials.create()``."""
        point = self.pair.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)
        data = self._data(PRESENT | VERIFIED | ATTESTED, host) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._told("webauthn.create", options, origin)
        return self._json({"clientDataJSON": told, "attestationObject": statement})

    def show(self, options: dict[str, Any], *, origin: str = ORIGIN, host: str = HOST, present: bool = True) -> str:
        """The answer of ``navigator.credentials.get()``."""
        self.count += 1
        told = self._told("webauthn.get", options, origin)
        data = self._data(VERIFIED | (PRESENT if present else 0), host)
        signature = self.pair.sign(data + sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._json({"clientDataJSON": told, "authenticatorData": data, "signature": signature})

    def _data(self, flags: int, host: str) -> bytes:
        return sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _told(self, kind: str, options: dict[str, Any], origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": origin}).encode()

    def _json(self, response: dict[str, bytes]) -> str:
        own = bytes_to_base64url(self.id)
        answers = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": answers})


def tampered(credential: str) -> str:
    """The same answer with one bit of its signature changed."""
    read = json.loads(credential)
    signature = bytearray(base64url_to_bytes(read["response"]["signature"]))
    signature[-1] ^= 1
    read["response"]["signature"] = bytes_to_base64url(bytes(signature))
    return json.dumps(read)


def options(visitor: Visitor, path: str) -> dict[str, Any]:
    answer = visitor.post(path)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = json.loads(answer.text)
    return given


def register(visitor: Visitor, device: Authenticator, label: str = "Mon téléphone", **more: str) -> httpx.Response:
    made = device.make(options(visitor, f"{ACCESS}/cles/options"))
    return visitor.post(f"{ACCESS}/cles", {"label": label, "credential": made, **more})


def show(visitor: Visitor, device: Authenticator, next: str = "") -> httpx.Response:
    return visitor.post(KEY, {"credential": device.show(options(visitor, f"{KEY}/options")), "next": next})


def codes_of(html: str) -> list[str]:
    return re.findall(r"<code[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>", html)


def cookie(visitor: Visitor) -> str | None:
    return next((c.value for c in visitor.http.cookies.jar if c.name == cookie_name()), None)
