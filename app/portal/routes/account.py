"""What one says of oneself in Mon espace, and what a parent says for someone under 15."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords.access import found
from app.core.db import Db
from app.core.errors import ConflictError, TooManyError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET
from app.core.web import go, page
from app.identity import queries as people
from app.identity import service as identity
from app.identity.access import Me, Requires, public
from app.identity.models import EmailProof, Person
from app.identity.queries.profile import agreement_of, is_reserved, public_name
from app.identity.states import AGE_LABELS, AgeBracket
from app.places.queries import reference
from app.policy import OWN_SPACE
from app.portal.forms import AgreementForm, ParentForm, ProfileForm
from app.portal.service import profile
from app.threads.queries import profiles as pseudonyms
from app.threads.states import Moderation

router = APIRouter()
MINE = [Depends(Requires(OWN_SPACE))]
ASKED = [Depends(Requires(OWN_SPACE)), Depends(limit("parent", "10/hour"))]
ANSWERED = [Depends(public), Depends(limit("parent-answer", "60/hour"))]


def _account(
    request: Request, db: Db, person: Person, *, form: Filled[ProfileForm] | None = None,
    parent: Filled[ParentForm] | None = None,
) -> Response:  # fmt: skip
    chosen = pseudonyms.last(db, person.id or 0)
    waiting = chosen if chosen and chosen.status == Moderation.PENDING else None
    shown = form or blank(
        ProfileForm, pseudonym=waiting.text if waiting else person.pseudonym, college=person.college,
        commune=person.commune_insee, age=person.age_bracket, shows_commune="true" if person.shows_commune else "",
    )  # fmt: skip
    faulty = (form and form.errors) or (parent and parent.errors)
    return page(
        request, "portal/account.html", status=422 if faulty else 200, form=shown, parent=parent or blank(ParentForm),
        person=person, places=reference(db), ages=AGE_LABELS, signature=public_name(db, person),
        young=person.age_bracket == AgeBracket.UNDER_15, agreement=agreement_of(db, person.id or 0),
        chosen=chosen,
    )  # fmt: skip


@router.get("/mon-espace/profil", name="portal.account", dependencies=MINE)
def account(request: Request, db: Db, me: Me) -> Response:
    """The profile."""
    return _account(request, db, found(people.person(db, me.person_id or 0)))


@router.post("/mon-espace/profil", name="portal.save_profile", dependencies=MINE)
def save_profile(
    request: Request, db: Db, me: Me, form: Annotated[Filled[ProfileForm], Depends(read(ProfileForm))]
) -> Response:
    """Change what is said of oneself."""
    person = found(people.person(db, me.person_id or 0))
    _check(db, person, form)
    if form.ok is None:
        return _account(request, db, person, form=form)
    waits = profile.save_profile(db, person, form.ok)
    read_first = _("C’est enregistré. Votre pseudonyme sera montré une fois relu ; d’ici là, l’ancien reste.")
    return go(request, "portal.account", flash=read_first if waits else _("C’est enregistré."))


def _check(db: Db, person: Person, form: Filled[ProfileForm]) -> None:
    """What only the database knows: names in use, communes, and whether a parent agreed."""
    if form.data is None:
        return
    if form.data.pseudonym != person.pseudonym and is_reserved(db, form.data.pseudonym):
        form.refuse("pseudonym", _("Ce nom désigne quelqu’un d’autre ici. Choisissez un autre pseudonyme."))
    if form.data.commune and form.data.commune not in reference(db).commune_by_insee:
        form.refuse("commune", _("Choisissez une commune de la liste."))
    if form.data.age == AgeBracket.UNDER_15 and form.data.shows_commune and not _agreed(db, person):
        form.refuse("shows_commune", _("Avant 15 ans, il faut l’accord d’un parent pour montrer sa commune."))


def _agreed(db: Db, person: Person) -> bool:
    agreement = agreement_of(db, person.id or 0)
    return agreement is not None and agreement.agreed_at is not None and agreement.withdrawn_at is None


@router.post("/mon-espace/profil/parent", name="portal.ask_parent", dependencies=ASKED)
def ask_parent(
    request: Request, db: Db, me: Me, form: Annotated[Filled[ParentForm], Depends(read(ParentForm))]
) -> Response:
    """Ask a parent, by e-mail."""
    person = found(people.person(db, me.person_id or 0))
    if person.age_bracket != AgeBracket.UNDER_15 or _agreed(db, person):
        raise ConflictError(_("Votre profil n’a pas besoin de cet accord."))
    if form.data and form.data.email == person.email:
        form.refuse("email", _("Donnez l’adresse de votre parent, pas la vôtre."))
    if form.ok is None:
        return _account(request, db, person, parent=form)
    try:
        profile.ask_parent(db, person, form.ok.email)
    except TooManyError as busy:
        form.refuse("email", busy.message)
        return _account(request, db, person, parent=form)
    return go(request, "portal.account", flash=_("Le message est parti. Votre parent a 7 jours pour répondre."))


def _proof(db: Db, token: str) -> EmailProof:
    proof = people.proof_by_token(db, token)
    return identity.usable(proof if proof and proof.purpose == profile.PARENT else None)


@router.get("/confirmation/{token}/parent", name="portal.parent", dependencies=[Depends(public)])
def parent(request: Request, db: Db, token: str) -> Response:
    """What a parent is asked, with its buttons."""
    agreement = profile.agreement_asked(db, _proof(db, token))
    return page(request, "portal/parent.html", headers=SECRET, token=token, agreement=agreement)


@router.post("/confirmation/{token}/parent", name="portal.answer_parent", dependencies=ANSWERED)
def answer_parent(
    request: Request, db: Db, token: str, form: Annotated[Filled[AgreementForm], Depends(read(AgreementForm))]
) -> Response:
    """A parent agrees, refuses, or takes the agreement back."""
    proof = _proof(db, token)
    if form.ok is None:
        return parent(request, db, token)
    if form.ok.answer == "yes":
        profile.parent_agrees(db, proof)
    else:
        profile.parent_refuses(db, proof)
    return go(request, "portal.parent", token=token, flash=_("Votre réponse est enregistrée."))
