"""A provider in memory that is right in every point, until one point is made wrong."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlmodel import func, select

from app.identity.models import FederatedIdentity, PendingIdentity, Person, WebSession
from tests.site import Site, Visitor

ISSUER = "https://fournisseur.example/api/v2"
CLIENT, SECRET = "emglev", "un-secret-de-plus-de-trente-deux-caracteres"
SUBJECT = "0123456789abcdef" * 4 + "v1"

Answer = Callable[["Fake", httpx.Request], Any]


class Fake:
    """Answers at ``ISSUER``; ``faults`` replaces an endpoint, ``claims`` changes what an id_token or userinfo says."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "first"})
        self.faults: dict[str, Answer] = {}
        self.id_claims: dict[str, Any] = {}
        self.user_claims: dict[str, Any] = {}
        self.nonce = ""
        self.asked: list[str] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """One exchange; an endpoint is named by the end of its path."""
        name = request.url.path.rpartition("/")[2]
        self.asked.append(name)
        said = self.faults.get(name, Fake.right)(self, request)
        if hasattr(said, "__await__"):
            said = await said
        return said if isinstance(said, httpx.Response) else httpx.Response(200, json=said)

    def right(self, request: httpx.Request) -> Any:
        """What a provider that works says."""
        match request.url.path.rpartition("/")[2]:
            case "openid-configuration":
                return self.discovery()
            case "jwks":
                return {"keys": [self.key.as_dict(private=False)]}
            case "token":
                return self.tokens()
            case _userinfo:
                return self.userinfo(self.signed(self.user_claims | {"siret": "21290000500019"}))

    def discovery(self, **changes: Any) -> dict[str, Any]:
        """Its discovery document."""
        said = {
            name: f"{ISSUER}/{path}"
            for name, path in (
                ("authorization_endpoint", "authorize"),
                ("token_endpoint", "token"),
                ("userinfo_endpoint", "userinfo"),
                ("jwks_uri", "jwks"),
            )
        }
        return {name: value for name, value in (said | {"issuer": ISSUER} | changes).items() if value is not None}

    def tokens(self, **changes: Any) -> dict[str, Any]:
        """The answer of its token endpoint."""
        said = {
            "access_token": "acces",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.signed({"nonce": self.nonce} | self.id_claims),
        }
        return {name: value for name, value in (said | changes).items() if value is not None}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Those that both tokens hold; None takes one away."""
        at = int(time.time())
        said = {"iss": ISSUER, "aud": CLIENT, "sub": SUBJECT, "iat": at, "exp": at + 60} | changes
        return {name: value for name, value in said.items() if value is not None}

    def signed(self, changes: dict[str, Any], key: Any = None, **header: Any) -> str:
        """A token, by its own key unless another is given."""
        head = {"alg": "ES256", "kid": "first"} | header
        return jwt.encode(head, self.claims(**changes), key or self.key, algorithms=["ES256", "HS256"])

    def unsigned(self) -> str:
        """A token that says that it needs no signature."""
        parts = [{"alg": "none"}, self.claims(nonce=self.nonce)]
        return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."

    def by_secret(self, secret: str) -> str:
        """A token signed by something that is no key of the provider: our own secret, or its public key."""
        return self.signed({"nonce": self.nonce}, OctKey.import_key(secret), alg="HS256")

    @staticmethod
    def userinfo(compact: str) -> httpx.Response:
        """As the two federations send it."""
        return httpx.Response(200, text=compact, headers={"content-type": "application/jwt"})

    def install(self, site: Site) -> "Fake":
        """Reached by this site."""
        site.app.state.oidc.inside["https://fournisseur.example"] = httpx.MockTransport(self.handle)
        return self

    def begin(self, visitor: Visitor, way: str, **query: str) -> str:
        """The state that this browser carries, once it has left for the provider."""
        answer = visitor.get(f"/connexion/{way}", params=query, follow_redirects=False)
        assert answer.status_code == 302, answer.text[:500]
        sent = parse_qs(urlsplit(answer.headers["location"]).query)
        self.nonce = sent["nonce"][0]
        return sent["state"][0]


TABLES = (Person, FederatedIdentity, PendingIdentity, WebSession)


def counts(site: Site) -> list[int]:
    """How many rows each table has where signing in writes."""
    with site.reading() as db:
        return [db.exec(select(func.count()).select_from(table)).one() for table in TABLES]
