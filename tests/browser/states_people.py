"""Who speaks, in every state that somebody may meet: ways in, keys, one's account, roles, organisations."""

import re

from tests.browser import acts
from tests.browser.acts import mail_to, send_empty
from tests.browser.people import CODE, KEYED
from tests.browser.state import State as S
from tests.browser.visitor import Visitor

ARRIVE = "/connexion/franceconnect"
PARENT = "parent@exemple.fr"


def _arrive(visitor: Visitor) -> None:
    visitor.press("Azénor, habitante inventée")


def _leave(visitor: Visitor) -> None:
    visitor.press("Mari, jeune inventée")
    visitor.press("Ouvrir mon compte")
    visitor.press("Se déconnecter")


def _come_back(visitor: Visitor) -> None:
    visitor.press("Gildas, habitant inventé")
    visitor.press("Ouvrir mon compte")
    assert visitor.post("/mon-espace/fermeture", contributions="erase", sure="true") == 200
    visitor.go(ARRIVE)
    visitor.press("Gildas, habitant inventé")


def _answer_nonsense(visitor: Visitor) -> None:
    found = re.search(r"[?&]state=([^&]+)", visitor.path)
    assert found, visitor.path
    visitor.go(f"{ARRIVE}/retour?code=inconnu&state={found[1]}&iss={visitor.server.url}/demo/fournisseur/franceconnect")


def _half_way(visitor: Visitor) -> None:
    acts.ask_link(visitor, KEYED)
    visitor.go(mail_to(visitor, KEYED))
    visitor.press("Me connecter")


def _new_codes(visitor: Visitor) -> None:
    _half_way(visitor)
    visitor.click("Prendre un code de secours")
    visitor.page.get_by_label("Le code de secours").fill(CODE)
    visitor.press("Me connecter")
    visitor.go("/mon-espace/acces")
    visitor.press("Faire huit nouveaux codes")


def _be_young(visitor: Visitor) -> None:
    acts.sign_in(visitor)
    assert visitor.post("/mon-espace/profil", pseudonym="Une hirondelle", age="-15") == 200
    visitor.go("/mon-espace/profil").get_by_label("Adresse de votre parent").fill(PARENT)
    visitor.press("Demander son accord")


def _be_a_parent(visitor: Visitor) -> None:
    _be_young(visitor)
    visitor.go("/demo/messagerie")
    visitor.follow(visitor.page.locator("a[href$='/parent']").first)


def _speak_for(visitor: Visitor) -> None:
    visitor.page.get_by_role("radio", name=re.compile("^Au nom de")).first.check()


def _take_position(visitor: Visitor) -> None:
    _speak_for(visitor)
    visitor.page.locator("#position").get_by_role("radio", name="Pour", exact=False).first.check()
    visitor.press("Donner cette position")


ORGANISATION = "/organisations/{organisation}"
PEOPLE = [
    S("first visit", ARRIVE, act=_arrive),
    S("signed out, the provider still open", ARRIVE, act=_leave),
    S("provider that answers nonsense", ARRIVE, status=502, act=_answer_nonsense),
    S("key asked", "/connexion", act=_half_way),
    S("recovery codes", "/connexion", act=_new_codes),
    S("ways in, keys and sessions", "/mon-espace/acces", "resident"),
    S("profile, under 15, a parent asked", "/connexion", act=_be_young),
    S("agreement of a parent", "/connexion", act=_be_a_parent),
    S("closed account", ARRIVE, act=_come_back),
    S("my organisations, invited", "/mon-espace/organisations", "resident"),
    S("my roles, one offered", "/mon-espace/roles", "resident", act=acts.unfold),
    S("roles", "/roles", "administrator"),
    S("a role", "/roles/moderator", "administrator"),
    S("rights of a person", "/roles/personnes/{facilitator}", "referent", act=acts.unfold),
    S("role offered badly", "/roles/proposer", "referent", 422, send_empty("Envoyer la proposition")),
    S("organisations", "/organisations"),
    S("organisation", ORGANISATION),
    S("who speaks for an organisation", f"{ORGANISATION}/delegues", "association"),
    S("organisation declared badly", "/organisations/nouvelle", "resident", 422,
      send_empty("Déclarer cette organisation")),
    S("organisation to verify", "/organisations/{to_verify}/verification", "moderator"),
    S("new need in an organisation’s name", "/besoins/nouveau?territoire={home}", "association", act=_speak_for),
    S("fiche, position in an organisation’s name", "/fiches-actions/{sheet}", "youth", act=_take_position),
]  # fmt: skip
