"""What cards become: a new need that quotes them, or a need already said that they join."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from slugify import slugify
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.errors import DomainError, NotFoundError
from app.core.forms import Filled, Form, blank, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me
from app.identity.states import College
from app.needs.queries.neighbours import neighbours
from app.places.models import Commune, Territory
from app.places.queries import reference
from app.threads.service import submission_key
from app.workshops.access import RunWorkshop, step_of
from app.workshops.forms.cards import JoinForm, NeedOfCardsForm
from app.workshops.models import Card, Cluster, Step, Workshop
from app.workshops.queries import cards as reads
from app.workshops.queries.walls import CardView, Link, Wall
from app.workshops.service import card_needs as verbs
from app.workshops.states import Signed, StepStatus

router = APIRouter()
NEAR = 5  # needs proposed
LOOSE = 30  # of 100: a facilitator looks wider than somebody who types
_SOURCE = re.compile(r"^(groupe|carte)-([1-9][0-9]{0,8})$")


@dataclass(frozen=True)
class Chosen:
    """A group of cards, or one card, of a recueil of this workshop; its cards as people read them, what it became."""

    key: str
    row: Cluster | Card
    step: Step
    title: str
    cards: Sequence[CardView]
    became: Link | None

    @property
    def colleges(self) -> Counter[str]:
        """How many cards of each collège, where the recueil shows it and each card has one; else nothing."""
        said = [card.college for card in self.cards if card.college]
        return Counter(said if self.step.signed == Signed.COLLEGE and len(said) == len(self.cards) else [])

    @property
    def college(self) -> str | None:
        """The collège that these cards say, when they all say the same one."""
        return next(iter(self.colleges)) if len(self.colleges) == 1 else None

    @property
    def about_college(self) -> str:
        """What helps to choose the one collège that a need has."""
        if len(self.colleges) == 1:
            return _("Les cartes le disent toutes : vérifiez.")
        if self.colleges:
            most = _("Un besoin n’en porte qu’un : choisissez celui de la plupart des cartes.")
            return most + " " + _("Son texte dit combien viennent de chacun.")
        most = _("Les cartes ne disent pas toutes leur collège. Un besoin n’en porte qu’un :")
        return most + " " + _("choisissez celui dont elles viennent le plus.")


def chosen(db: Db, workshop: RunWorkshop, source: str) -> Chosen:
    """What « groupe-12 » or « carte-45 » is, if everybody may read its cards.

    Raises:
        NotFoundError: no such thing in this workshop, or none of its cards is shown.
    """
    found = _SOURCE.match(source)
    row = None
    if found:
        key = int(found[2])
        row = reads.cluster(db, key) if found[1] == "groupe" else reads.one(db, key)
    if row is None:
        raise NotFoundError(_("Ces cartes n’existent pas, ou ne sont plus affichées."))
    step = step_of(db, workshop, row.step_id)
    wall = reads.of_step(db, [step.id or 0])[step.id or 0]
    return _of_cluster(source, row, step, wall) if isinstance(row, Cluster) else _of_card(source, row, step, wall)


def _of_cluster(source: str, row: Cluster, step: Step, wall: Wall) -> Chosen:
    view = next(cluster for cluster in wall.clusters if cluster.id == row.id)
    if not view.cards:
        raise NotFoundError(_("Ce groupe n’a plus de carte affichée."))
    return Chosen(source, row, step, view.title, view.cards, view.need or view.group)


def _of_card(source: str, row: Card, step: Step, wall: Wall) -> Chosen:
    everywhere = [*wall.loose, *(card for cluster in wall.clusters for card in cluster.cards)]
    view = next((card for card in everywhere if card.id == row.id), None)
    if view is None:
        raise NotFoundError(_("Cette carte n’est pas affichée."))
    return Chosen(source, row, step, _("Une carte"), [view], view.need)


Here = Annotated[Chosen, Depends(chosen)]


def _page(
    request: Request, db: Db, workshop: Workshop, here: Chosen, *, form: Filled[NeedOfCardsForm] | None = None,
    join: Filled[JoinForm] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    territory = reference(db).by_id[workshop.territory_id]
    first = here.title if isinstance(here.row, Cluster) else " ".join(here.cards[0].text.split())[:120]
    words = "\n".join([first, *(card.text for card in here.cards)])
    near = [] if here.became else neighbours(db, words, territory_id=territory.territory_id, limit=NEAR, at_least=LOOSE)
    return page(
        request, "workshops/card_need.html", status=status, nav="workshops", workshop=workshop, territory=territory,
        source=here.key, is_group=isinstance(here.row, Cluster), step=here.step, title=here.title, cards=here.cards,
        became=here.became, made=verbs.made_here(db, here.row), college_help=here.about_college,
        signature=verbs.signature(workshop, here.cards),
        form=form or blank(
            NeedOfCardsForm, title=first, college=here.college, commune=_commune(db, workshop), once=submission_key()
        ),
        join_form=join or blank(JoinForm), college_options=[(c.value, _(c.label)) for c in College],
        themes=[(theme.id, theme.name) for theme in accords.themes(db, workshop.accord.scheme_id)],
        communes=[(c.insee, c.name) for c in reference(db).communes_of(territory.territory_id)],
        neighbours=[n for n in near if n.territory_id == territory.territory_id],
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/cartes/{source}/besoin", name="workshops.card_need")
def show(request: Request, db: Db, workshop: RunWorkshop, here: Here) -> Response:
    """What these cards became, or may become."""
    return _page(request, db, workshop, here)


def _commune(db: Db, workshop: Workshop) -> str:
    """The code of the commune that the place of the workshop names, or else its title; empty when neither does."""
    communes = reference(db).communes_of(workshop.territory_id)
    for words in (workshop.place, workshop.title):
        said = f"-{slugify(words)}-"
        named = [commune for commune in communes if f"-{slugify(commune.name)}-" in said]
        if named:
            return max(named, key=lambda commune: len(commune.name)).insee
    return ""


def _places(db: Db, workshop: Workshop, insee: str) -> tuple[Territory, Commune | None]:
    places = reference(db)
    commune = places.commune_by_insee.get(insee)
    here = commune if commune and commune.territory_id == workshop.territory_id else None
    return places.by_id[workshop.territory_id], here


@router.post("/ateliers/{workshop_id:int}/cartes/{source}/besoin", name="workshops.make_need")
def make(
    request: Request, db: Db, me: Me, workshop: RunWorkshop, here: Here,
    form: Annotated[Filled[NeedOfCardsForm], Depends(read(NeedOfCardsForm))],
) -> Response:  # fmt: skip
    """A new need that quotes these cards."""
    territory, commune = _places(db, workshop, str(form.values.get("commune", "")))
    if form.data and form.data.theme not in {theme.id for theme in accords.themes(db, workshop.accord.scheme_id)}:
        form.refuse("theme", _("Choisissez un thème de la liste."))
    if here.step.status == StepStatus.OPEN:
        form.refuse("form", _("Le recueil est encore ouvert : attendez qu’il soit terminé."))
    if form.ok is None:
        return _page(request, db, workshop, here, form=form, status=422)
    try:
        need = verbs.make_need(
            db, workshop, here.row, here.cards, form.ok, territory=territory, commune=commune, by=me.person_id or 0
        )  # fmt: skip
    except DomainError as refused:
        return _refused(request, workshop, here, refused)
    words = _("Besoin %(ref)s créé : il attend sa relecture.") % {"ref": need.reference}
    return go(request, "workshops.card_need", workshop_id=workshop.id, source=here.key, flash=words)


def _refused(request: Request, workshop: Workshop, here: Chosen, refused: DomainError) -> Response:
    return go(
        request, "workshops.card_need", workshop_id=workshop.id, source=here.key, flash=refused.message,
        level="attention",
    )  # fmt: skip


@router.post("/ateliers/{workshop_id:int}/cartes/{source}/rattachement", name="workshops.join_need")
def join(
    request: Request, db: Db, me: Me, workshop: RunWorkshop, here: Here,
    form: Annotated[Filled[JoinForm], Depends(read(JoinForm))],
) -> Response:  # fmt: skip
    """These cards say the same as a need already said."""
    if form.ok is None:
        return _page(request, db, workshop, here, join=form, status=422)
    try:
        owner = verbs.join(db, workshop, here.row, here.cards, form.ok.normal, by=me.person_id or 0)
    except DomainError as refused:
        form.refuse("reference", refused.message)
        return _page(request, db, workshop, here, join=form, status=int(refused.status))
    words = _("Cartes rattachées : le fil de %(ref)s le dit.") % {"ref": owner.reference}
    return go(request, "workshops.card_need", workshop_id=workshop.id, source=here.key, flash=words)


@router.post("/ateliers/{workshop_id:int}/cartes/{source}/detachement", name="workshops.leave_need")
def leave(
    request: Request, db: Db, me: Me, workshop: RunWorkshop, here: Here,
    _form: Annotated[Filled[Form], Depends(read(Form))],
) -> Response:  # fmt: skip
    """Undo it."""
    try:
        verbs.leave(db, workshop, here.row, by=me.person_id or 0)
    except DomainError as refused:
        return _refused(request, workshop, here, refused)
    return go(request, "workshops.card_need", workshop_id=workshop.id, source=here.key, flash=_("Cartes détachées."))
