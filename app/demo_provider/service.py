"""What a provider does: tickets, codes, tokens, keys. All of it in memory, and forgotten with the process."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from app.core.errors import DomainError, GoneError, NotFoundError
from app.core.i18n import gettext as _
from app.core.providers import DEMO_CLIENT, DEMO_SECRET, demo_issuer
from app.core.security import token
from app.core.settings import get_settings
from app.demo_provider.states import RULES, Invented, Rules

TICKET_LIFE, CODE_LIFE, TOKEN_LIFE = 600, 30, 60  # seconds; the last two are those of the real ones


@dataclass(frozen=True)
class Asked:
    """An authorization request that was accepted, then the identity chosen for it."""

    provider: str
    state: str
    nonce: str
    scope: str
    challenge: str
    until: float
    who: str = ""


@dataclass
class Desk:
    """What is waiting: tickets for a choice, codes for an exchange, tokens for a userinfo."""

    tickets: dict[str, Asked] = field(default_factory=dict)
    codes: dict[str, Asked] = field(default_factory=dict)
    tokens: dict[str, Asked] = field(default_factory=dict)

    def keep(self, where: dict[str, Asked], asked: Asked) -> str:
        """Under a new name; what is over leaves."""
        for name in [name for name, old in where.items() if old.until < time.time()]:
            where.pop(name, None)
        name = token(24)
        where[name] = asked
        return name


class RefusedError(DomainError):
    """The code of a refusal by the token or userinfo endpoint (RFC 6749, 5.2)."""


@cache
def desk() -> Desk:
    """The one of this process."""
    return Desk()


@cache
def key() -> ECKey:
    """Made at start: nothing signed before a restart holds after it."""
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": token(6)})


def rules_of(provider: str) -> Rules:
    """What this provider insists on."""
    if provider not in RULES:
        raise NotFoundError
    return RULES[provider]


def redirect_uri(provider: str) -> str:
    """The only address registered, compared letter by letter."""
    return f"{get_settings().public_url}/connexion/{provider}/retour"


def ask(provider: str, sent: Mapping[str, str]) -> str:
    """Accept an authorization request; the ticket of the choice to make.

    Raises:
        DomainError: anything that the real one would refuse.
    """
    rules = rules_of(provider)
    faults = {
        "client_id": sent.get("client_id") != DEMO_CLIENT,
        "redirect_uri": sent.get("redirect_uri") != redirect_uri(provider),
        "response_type": sent.get("response_type") != "code",
        "scope": "openid" not in sent.get("scope", "").split() or bool(set(sent["scope"].split()) - rules.scopes),
        "nonce": len(sent.get("nonce", "")) < rules.nonce,
        "state": len(sent.get("state", "")) < rules.state,
        "acr_values": rules.acr != "" and sent.get("acr_values") != rules.acr,
        "prompt": sent.get("prompt", "login") not in ("login", "consent"),
        "code_challenge": rules.pkce and not sent.get("code_challenge"),
        "code_challenge_method": rules.pkce and sent.get("code_challenge_method") != "S256",
    } | dict.fromkeys(set(sent) - rules.parameters, True)  # fmt: skip
    if wrong := [name for name, found in faults.items() if found]:
        raise DomainError(_("Demande refusée par le fournisseur : %(names)s.") % {"names": ", ".join(wrong)})
    return desk().keep(
        desk().tickets,
        Asked(
            provider, sent["state"], sent["nonce"], sent["scope"], sent.get("code_challenge", ""),
            time.time() + TICKET_LIFE,
        ),
    )  # fmt: skip


def waiting(provider: str, ticket: str) -> Asked:
    """The request of this ticket, once."""
    asked = desk().tickets.pop(ticket, None)
    if asked is None or asked.provider != provider or asked.until < time.time():
        raise GoneError(_("Cette demande a déjà servi, ou elle a expiré."))
    return asked


def choose(asked: Asked, who: str) -> str:
    """The code of this identity."""
    person(asked.provider, who)
    until = time.time() + CODE_LIFE
    return desk().keep(
        desk().codes, Asked(asked.provider, asked.state, asked.nonce, asked.scope, asked.challenge, until, who)
    )


def person(provider: str, who: str) -> Invented:
    """One of the invented identities."""
    for invented in rules_of(provider).people:
        if invented.key == who:
            return invented
    raise NotFoundError


def subject(provider: str, who: str) -> str:
    """Pairwise: 64 hexadecimal digits and « v1 », of this person for this client only."""
    return hashlib.sha256(f"{provider}:{who}:{DEMO_CLIENT}".encode()).hexdigest() + "v1"


def exchange(provider: str, sent: Mapping[str, str]) -> dict[str, str | int]:
    """Tokens for a code.

    Raises:
        RefusedError: unknown client, or a code that does not hold.
    """
    secret = sent.get("client_secret", "").encode()
    if sent.get("client_id") != DEMO_CLIENT or not hmac.compare_digest(secret, DEMO_SECRET.encode()):
        raise RefusedError("invalid_client")
    asked = desk().codes.pop(sent.get("code", ""), None)
    if asked is None or asked.provider != provider or asked.until < time.time():
        raise RefusedError("invalid_grant")
    proof = urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
    held = proof == asked.challenge if asked.challenge else "code_verifier" not in sent
    if not held or sent.get("redirect_uri") != redirect_uri(provider) or sent.get("grant_type") != "authorization_code":
        raise RefusedError("invalid_grant")
    until = time.time() + TOKEN_LIFE
    kept = Asked(provider, asked.state, asked.nonce, asked.scope, "", until, asked.who)
    access = desk().keep(desk().tokens, kept)
    more = {"nonce": asked.nonce} | ({"acr": rules_of(provider).acr} if rules_of(provider).acr else {})
    id_token = _signed(provider, subject(provider, asked.who), more)
    return {
        "access_token": access, "token_type": "Bearer", "expires_in": TOKEN_LIFE, "id_token": id_token,
        "scope": asked.scope,
    }  # fmt: skip


def userinfo(provider: str, authorization: str) -> str:
    """The claims of the scope, signed.

    Raises:
        RefusedError: the token is not ours, or is over.
    """
    asked = desk().tokens.get(authorization.removeprefix("Bearer "))
    if asked is None or asked.provider != provider or asked.until < time.time():
        raise RefusedError("invalid_token")
    siret = person(provider, asked.who).siret
    more = {"siret": siret} if siret and "siret" in asked.scope.split() else {}
    return _signed(provider, subject(provider, asked.who), more)


def _signed(provider: str, sub: str, more: dict[str, str]) -> str:
    at = int(time.time())
    claims = {"iss": demo_issuer(provider), "aud": DEMO_CLIENT, "sub": sub, "iat": at, "exp": at + TOKEN_LIFE}
    return jwt.encode({"alg": "ES256", "kid": key().kid}, claims | more, key())


def check_exit(provider: str, sent: Mapping[str, str]) -> str:
    """Where to go back after signing out; the hint is wanted, and is accepted though its 60 seconds are over.

    Raises:
        DomainError: no hint of ours, no state, or another return address.
    """
    back = f"{get_settings().public_url}/deconnexion/retour"
    try:
        claims = jwt.decode(sent.get("id_token_hint", ""), key(), algorithms=["ES256"]).claims
    except (JoseError, ValueError) as failure:
        raise DomainError(_("Déconnexion refusée par le fournisseur : id_token_hint.")) from failure
    if claims["iss"] != demo_issuer(provider) or sent.get("post_logout_redirect_uri") != back or not sent.get("state"):
        raise DomainError(_("Déconnexion refusée par le fournisseur : adresse de retour ou state."))
    return back
