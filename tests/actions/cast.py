"""What tests of fiches-actions share: a territory, its needs, a fiche brought where it is wanted."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.accords.models import Phase, Priority, Theme
from app.accords.queries import accord_of
from app.actions import queries, service
from app.actions.models import ActionSheet
from app.identity.models import Body, Person, Role
from app.needs import queries as needs_queries
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.places.queries import reference
from tests.site import Site, Visitor

HOME = "morlaix-communaute"
WORDS: dict[str, Any] = {
    "title": "Navette du soir Morlaix, Plouigneau, Guerlesquin", "lede": "Deux retours par soir, du lundi au vendredi.",
    "context": "Le dernier car part à 18 h 10.", "needs_found": "Sept besoins le disent.",
    "objectives": "Que chacun puisse rentrer le soir.", "description": "Une navette de vingt places.",
    "holder": "Morlaix Communauté", "partners": "Région Bretagne", "area": "Huit communes",
    "engineering": "Une étude d’itinéraire", "support": "", "financing": "Trois ans de fonctionnement",
    "calendar": "De septembre 2027 à août 2030", "indicators": "24 personnes chaque soir au bout d’un an",
}  # fmt: skip
FUNDING: dict[str, Any] = {
    "funder": ["Morlaix Communauté", "Département"],
    "funding_state": ["secured", "requested"],
    "amount": ["92 000", "55 200,50 €"],
}
CONTENT = WORDS | {
    "holder_sought": False,
    "funding": [
        {"funder": "Morlaix Communauté", "state": "secured", "amount": 92000},
        {"funder": "Département", "state": "requested", "amount": 55201},
    ],
}


def persona(site: Site, name: str) -> Person:
    """One of the demonstration persons."""
    with site.reading() as db:
        return db.exec(select(Person).where(Person.demo_persona == name)).one()


def some_needs(site: Site, number: int = 1, *, elsewhere: bool = False) -> list[Need]:
    """Public needs of the home territory, or of another; first those that wait, in no fiche."""
    with site.reading() as db:
        home = reference(db).by_slug[HOME].territory_id
        where = Need.territory_id != home if elsewhere else Need.territory_id == home
        chosen = select(Need).where(where, col(Need.status).in_(PUBLIC))
        order = (col(Need.sheets), col(Need.outcome).is_not(None), col(Need.id))
        found = list(db.exec(chosen.order_by(*order).limit(number)))
    return found if len(found) == number else pytest.fail("the demonstration has not so many needs")


def a_sheet(site: Site, *, verbs: tuple[str, ...] = (), published: bool = True, needs: int = 1, **words: Any) -> str:
    """A fiche of the home territory, written, published and moved; its reference."""
    found = [n.id or 0 for n in some_needs(site, needs)] if needs else []
    by = persona(site, "technician").id
    with site.writing() as db:
        accord = accord_of(db, reference(db).by_slug[HOME].territory_id)
        assert accord
        priority = db.exec(
            select(Priority).where(Priority.accord_id == accord.id, Priority.status != "withdrawn")
        ).first()
        assert priority
        behind = [need for need in (needs_queries.one(db, i) for i in found) if need]
        sheet = service.draft(
            db, accord, theme_id=priority.theme_id, title=WORDS["title"], by=by, needs=behind, priorities=[priority]
        )
        service.save(db, sheet, CONTENT | words, edited=0, theme_id=priority.theme_id, by=by)
        if published:
            service.publish_version(db, sheet, by=by)
        for verb in verbs:
            service.move(db, sheet, verb, by=by, note="Une raison assez longue", addressee="Politique littorale")
        return sheet.reference or ""


def candidate(site: Site, **words: Any) -> str:
    """A fiche on which one takes position."""
    return a_sheet(site, verbs=("make_project", "make_candidate"), **words)


def get(site: Site, ref: str) -> ActionSheet:
    """The fiche as it is now."""
    with site.reading() as db:
        return queries.by_ref(db, ref) or pytest.fail(f"no fiche {ref}")


def a_body(site: Site, ref: str, *, elsewhere: bool = False) -> int:
    """A body that may answer under this fiche, or one that may not."""
    home = get(site, ref).territory_id
    with site.reading() as db:
        where = Body.territory_id != home if elsewhere else Body.territory_id == home
        return db.exec(select(Body.id).where(where)).first() or 0


def typed(site: Site, ref: str, **changes: Any) -> dict[str, Any]:
    """What the form of a fiche sends, with some changes."""
    sheet = get(site, ref)
    return WORDS | FUNDING | {"edited": str(sheet.edited), "theme": theme_code(site, sheet)} | changes


def theme_code(site: Site, sheet: ActionSheet) -> str:
    """The code of its theme."""
    with site.reading() as db:
        return db.get_one(Theme, sheet.theme_id).code


def close_everything(site: Site, ref: str) -> None:
    """The calendar opens nothing any more."""
    accord_id = get(site, ref).accord_id
    with site.writing() as db:
        for phase in db.exec(select(Phase).where(Phase.accord_id == accord_id)):
            phase.opens = []
            db.add(phase)


def sign_in_elsewhere(site: Site) -> Visitor:
    """A technician, but of another territory."""
    visitor = site.signed_in("technician")
    with site.writing() as db:
        home = reference(db).by_slug[HOME].territory_id
        for role in db.exec(select(Role).where(Role.kind == "technician")):
            role.territory_id = next(t.territory_id for t in reference(db).territories if t.territory_id != home)
            db.add(role)
    return visitor
