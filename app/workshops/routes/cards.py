"""The page of cards: read them on the left, group them on the right; and cards that the crew types in."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import DomainError, NotFoundError
from app.core.forms import Filled, Form, blank, read
from app.core.i18n import fnum, ngettext
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me
from app.places.queries import reference
from app.policy import WORKSHOP_CONDUCT, WORKSHOP_SCRIBE
from app.threads.states import REASON_LABELS
from app.workshops.access import ConductWorkshop, RunWorkshop, step_of
from app.workshops.forms import DirectionForm
from app.workshops.forms.cards import (
    MergeForm,
    MoveCardsForm,
    NewClusterForm,
    PickForm,
    RefuseForm,
    RenameForm,
)
from app.workshops.models import Cluster, Step, Workshop
from app.workshops.queries import cards as reads
from app.workshops.queries.moderating import settled
from app.workshops.queries.walls import Wall
from app.workshops.service import cards as verbs
from app.workshops.service import clusters
from app.workshops.states import Room

router = APIRouter()
SHOWN_DONE = 40  # cards of which the last decision can be taken back at once


def _recueil(db: Db, workshop: Workshop, step_id: int) -> Step:
    """The recueil of this address, or the one that a regroupement is about."""
    step = step_of(db, workshop, step_id)
    source = reads.source_of(step)
    if source is None:
        raise NotFoundError(_("Cette séquence n’a pas de cartes."))
    return step if source == step.id else step_of(db, workshop, source)


def _show(
    request: Request, db: Db, me: Me, workshop: Workshop, step: Step | None, *, status: int = 200, refused: str = "",
    new: Filled[Any] | None = None, done: str = "", chosen: int = 0,
) -> Response:  # fmt: skip
    wall = reads.wall(db, step)
    theirs = settled(db, (card.id for card in wall.refused)) if wall and wall.refused else set()
    undoable = [int(part) for part in done[:500].split("-") if part.isascii() and part.isdigit() and len(part) < 10]
    return page(
        request, "workshops/cards.html", status=status, nav="workshops", workshop=workshop, step=step, wall=wall,
        territory=reference(db).by_id[workshop.territory_id], recueils=reads.recueils(db, workshop.id or 0),
        may_conduct=me.can(WORKSHOP_CONDUCT, workshop), frozen=workshop.status == Room.PUBLISHED, refused=refused,
        may_type=me.can(WORKSHOP_SCRIBE, workshop), reasons=REASON_LABELS, theirs=theirs,
        chosen=chosen, new=new or blank(NewClusterForm),
        done=undoable, last=_last(wall, undoable),
        stream=request.app.state.urls("workshops.stream", workshop_id=workshop.id, key=workshop.screen_key, regie=1),
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/cartes", name="workshops.cards")
def board(
    request: Request, db: Db, me: Me, workshop: RunWorkshop, etape: int = 0, fait: str = "", refus: int = 0
) -> Response:  # fmt: skip
    """The cards of one recueil: those to read, and the groups; ``refus``: the card about to be refused."""
    held = reads.recueils(db, workshop.id or 0)
    step = _recueil(db, workshop, etape) if etape else next((s for s in reversed(held) if s.opened_at), None)
    return _show(request, db, me, workshop, step or (held[0] if held else None), done=fait, chosen=refus)


def _last(wall: Wall | None, done: Sequence[int]) -> str:
    """The decision that can be taken back, in words: which card, or how many."""
    if wall is None or not done:
        return ""
    refused = next((card for card in wall.refused if card.id in done), None)
    if len(done) > 1:
        words = _("%(n)s cartes non retenues") if refused else _("%(n)s cartes affichées")
        return words % {"n": fnum(len(done))}
    shown = [*wall.loose, *(card for cluster in wall.clusters for card in cluster.cards)]
    card = refused or next((card for card in shown if card.id in done), None)
    if card is None:
        return ""
    return (_("Non retenue : « %(text)s »") if refused else _("Affichée : « %(text)s »")) % {"text": card.text[:60]}


Act = Callable[[Step, Any], verbs.Done | None]
Words = str | Callable[[int], str]  # what is said when it is done, of how many cards


def _act(
    request: Request, db: Db, me: Me, workshop: Workshop, form: Filled[Any], step_id: int, act: Act, words: Words
) -> Response:  # fmt: skip
    """Do it and show the page again; what somebody else changed meanwhile is said, what was typed is kept."""
    step = _recueil(db, workshop, step_id)
    if form.ok is None:
        return _show(request, db, me, workshop, step, status=422, refused=next(iter(form.errors.values())), new=form)
    try:
        with db.begin_nested():
            done = act(step, form.ok)
    except DomainError as refused:
        status = int(refused.status)
        return _show(request, db, me, workshop, step, status=status, refused=refused.message, new=form)
    cards = done.cards if done and callable(words) else ()
    flash, level = (words(len(cards)) if callable(words) else words), "ok"
    if done and done.missed:
        flash, level = _missed(done.missed), "attention"
    fait = "-".join(str(card) for card in cards[:SHOWN_DONE])
    return go(request, "workshops.cards", workshop_id=workshop.id, etape=step.id, fait=fait, flash=flash, level=level)


def _missed(number: int) -> str:
    words = ngettext(
        "Quelqu’un d’autre vient de s’occuper de %(n)s carte : elle reste où cette personne l’a mise.",
        "Quelqu’un d’autre vient de s’occuper de %(n)s cartes : elles restent où cette personne les a mises.", number,
    )  # fmt: skip
    return words % {"n": number}


def _approved(number: int) -> str:
    return ngettext("%(n)s carte affichée.", "%(n)s cartes affichées.", number) % {"n": number}


def _refused(number: int) -> str:
    return ngettext("%(n)s carte non retenue.", "%(n)s cartes non retenues.", number) % {"n": number}


def _step_id(form: Filled[Any]) -> int:
    """The recueil that a form names, read even when the rest of it is wrong."""
    typed = str(form.values.get("step", ""))
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


Pick = Annotated[Filled[PickForm], Depends(read(PickForm))]


@router.post("/ateliers/{workshop_id:int}/cartes/affichage", name="workshops.approve_cards")
def approve(request: Request, db: Db, me: Me, workshop: ConductWorkshop, form: Pick) -> Response:
    """Show these cards."""

    def act(step: Step, data: PickForm) -> verbs.Done:
        return verbs.approve(db, workshop, step, data.picked, by=me.person_id or 0)

    return _act(request, db, me, workshop, form, _step_id(form), act, _approved)


@router.post("/ateliers/{workshop_id:int}/cartes/refus", name="workshops.refuse_cards")
def refuse(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[RefuseForm], Depends(read(RefuseForm))],
) -> Response:  # fmt: skip
    """Do not show these cards, or no longer."""

    def act(step: Step, data: RefuseForm) -> verbs.Done:
        return verbs.refuse(db, workshop, step, data.picked, data.reason, by=me.person_id or 0)

    return _act(request, db, me, workshop, form, _step_id(form), act, _refused)


@router.post("/ateliers/{workshop_id:int}/cartes/annulation", name="workshops.undo_cards")
def undo(request: Request, db: Db, me: Me, workshop: ConductWorkshop, form: Pick) -> Response:
    """Take decisions back."""

    def act(step: Step, data: PickForm) -> verbs.Done:
        return verbs.undo(db, workshop, step, data.picked, by=me.person_id or 0)

    return _act(request, db, me, workshop, form, _step_id(form), act, _("Décision annulée."))


@router.post("/ateliers/{workshop_id:int}/cartes/rangement", name="workshops.move_cards")
def move(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[MoveCardsForm], Depends(read(MoveCardsForm))],
) -> Response:  # fmt: skip
    """Put these cards in a group, in a new one, or in none."""

    def act(step: Step, data: MoveCardsForm) -> verbs.Done:
        target: Cluster | None = None
        if data.new:
            target = clusters.make(db, workshop, step, data.title, by=me.person_id or 0)
        elif data.cluster:
            target = _cluster(db, workshop, data.cluster)
        return clusters.move(db, workshop, step, data.picked, target)

    return _act(request, db, me, workshop, form, _step_id(form), act, _("Cartes rangées."))


@router.post("/ateliers/{workshop_id:int}/cartes/groupes", name="workshops.new_cluster")
def new_cluster(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[NewClusterForm], Depends(read(NewClusterForm))],
) -> Response:  # fmt: skip
    """A group without any card yet."""

    def act(step: Step, data: NewClusterForm) -> None:
        clusters.make(db, workshop, step, data.title, by=me.person_id or 0)

    return _act(request, db, me, workshop, form, _step_id(form), act, _("Groupe créé."))


def _cluster(db: Db, workshop: Workshop, cluster_id: int) -> Cluster:
    found = reads.cluster(db, cluster_id) if cluster_id < 2**31 else None
    if found is None:
        raise NotFoundError(_("Ce groupe n’existe plus : quelqu’un vient de le défaire."))
    step_of(db, workshop, found.step_id)
    return found


def _on_cluster(
    request: Request, db: Db, me: Me, workshop: Workshop, cluster_id: int, form: Filled[Any],
    verb: Callable[[Cluster, Any], None], words: str,
) -> Response:  # fmt: skip
    cluster = _cluster(db, workshop, cluster_id)

    def act(_step: Step, data: Any) -> None:
        verb(cluster, data)

    return _act(request, db, me, workshop, form, cluster.step_id, act, words)


@router.post("/ateliers/{workshop_id:int}/cartes/groupes/{cluster_id:int}/titre", name="workshops.rename_cluster")
def rename(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, cluster_id: int,
    form: Annotated[Filled[RenameForm], Depends(read(RenameForm))],
) -> Response:  # fmt: skip
    """Another title."""

    def verb(cluster: Cluster, data: RenameForm) -> None:
        clusters.rename(db, workshop, cluster, data.title, seen=data.seen, by=me.person_id or 0)

    return _on_cluster(request, db, me, workshop, cluster_id, form, verb, _("Groupe renommé."))


@router.post("/ateliers/{workshop_id:int}/cartes/groupes/{cluster_id:int}/fusion", name="workshops.merge_clusters")
def merge(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, cluster_id: int,
    form: Annotated[Filled[MergeForm], Depends(read(MergeForm))],
) -> Response:  # fmt: skip
    """Bring the cards of another group here."""

    def verb(cluster: Cluster, data: MergeForm) -> None:
        clusters.merge(db, workshop, cluster, _cluster(db, workshop, data.other), by=me.person_id or 0)

    return _on_cluster(request, db, me, workshop, cluster_id, form, verb, _("Groupes fusionnés."))


@router.post("/ateliers/{workshop_id:int}/cartes/groupes/{cluster_id:int}/ordre", name="workshops.shift_cluster")
def shift(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, cluster_id: int,
    form: Annotated[Filled[DirectionForm], Depends(read(DirectionForm))],
) -> Response:  # fmt: skip
    """Earlier or later."""

    def verb(cluster: Cluster, data: DirectionForm) -> None:
        clusters.shift(db, workshop, cluster, data.offset)

    return _on_cluster(request, db, me, workshop, cluster_id, form, verb, _("Groupe déplacé."))


@router.post("/ateliers/{workshop_id:int}/cartes/groupes/{cluster_id:int}/defaire", name="workshops.undo_cluster")
def undo_cluster(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, cluster_id: int,
    form: Annotated[Filled[Form], Depends(read(Form))],
) -> Response:  # fmt: skip
    """Take a group away; its cards stay."""

    def verb(cluster: Cluster, _data: Form) -> None:
        clusters.undo_group(db, workshop, cluster, by=me.person_id or 0)

    return _on_cluster(request, db, me, workshop, cluster_id, form, verb, _("Groupe défait : ses cartes restent."))
