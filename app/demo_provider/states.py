"""Whom the demonstration's providers know, and what each provider insists on."""

from dataclasses import dataclass

from app.core.machine import label


@dataclass(frozen=True)
class Invented:
    """An identity that belongs to nobody."""

    key: str
    name: str
    siret: str = ""


@dataclass(frozen=True)
class Rules:
    """What a provider accepts in an authorization request; lengths are in characters."""

    name: str
    parameters: frozenset[str]
    people: tuple[Invented, ...]
    nonce: int
    state: int
    pkce: bool
    scopes: frozenset[str]
    acr: str = ""


_COMMON = frozenset({"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values", "prompt"})
RULES = {
    "franceconnect": Rules(
        "FranceConnect", _COMMON | {"claims", "idp_hint", "ui_locales"},
        (
            Invented("azenor", label("Azénor, habitante inventée")),
            Invented("gildas", label("Gildas, habitant inventé")),
            Invented("mari", label("Mari, jeune inventée")),
        ),
        nonce=22, state=1, pkce=False, acr="eidas1",
        scopes=frozenset({"openid", "profile", "birth", "birthdate", "email", "identite_pivot"}),
    ),
    "proconnect": Rules(
        "ProConnect", _COMMON | {"login_hint", "siret_hint", "code_challenge", "code_challenge_method"},
        (
            Invented("servane", label("Servane, agente d’une commune inventée"), "21290000500019"),
            Invented("tudi", label("Tudi, salarié d’une association inventée"), "98765432400019"),
        ),
        nonce=32, state=32, pkce=True, scopes=frozenset({"openid", "siret", "uid", "email"}),
    ),
}  # fmt: skip
CANCEL = "annuler"
