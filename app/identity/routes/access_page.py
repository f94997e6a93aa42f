"""How one comes in: ways, passkeys, recovery codes, the browsers signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core import providers
from app.core.db import Db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.limits import limit
from app.core.security import PRIVATE
from app.core.web import go, go_to, page, safe_next
from app.identity import queries, service
from app.identity.access import Me, Requires, session_cookie
from app.identity.forms import PasskeyForm
from app.identity.models import Person
from app.identity.queries import federation
from app.identity.queries import second_factor as kept
from app.identity.queries import sessions as signed_in
from app.identity.service import second_factor as verbs
from app.identity.service.federation import label_of
from app.policy import OWN_SPACE
from app.policy.actor import Actor

router = APIRouter(dependencies=[Depends(Requires(OWN_SPACE))])


def _oneself(db: Db, me: Actor) -> Person:
    person = queries.person(db, me.person_id or 0)
    if person is None:
        raise NotFoundError
    return person


def _may_change(db: Db, me: Actor) -> bool:
    """Whether the second factor may be changed here: there is none yet, or it was just given."""
    return kept.just_proved(signed_in.browser(db, me.session_id)) or not queries.has_passkey(db, me.person_id or 0)


def _show(request: Request, db: Db, me: Actor, form: Filled[PasskeyForm]) -> Response:
    person = _oneself(db, me)
    browsers = signed_in.browsers(db, person.id or 0)
    return page(
        request, "identity/access.html", person=person, form=form, keys=kept.passkeys(db, person.id or 0),
        suspects=kept.suspect_passkeys(db, person.id or 0), codes_left=kept.codes_left(db, person.id or 0),
        may_change=_may_change(db, me), browsers=browsers, **_ways(db, person),
    )  # fmt: skip


def _ways(db: Db, person: Person) -> dict[str, Any]:
    """The services that open the account, by their name on screen, and those that could."""
    links = federation.links_of(db, person.id or 0)
    linked = {link.issuer for link in links}
    addable = [way for way in providers.offered() if way.issuer not in linked]
    return {"links": [(link, label_of(link.provider)) for link in links], "addable": addable}


@router.get("/mon-espace/acces", name="identity.access")
def access(request: Request, db: Db, me: Me, next: str = "") -> Response:
    """Every way in, and every browser signed in."""
    used = signed_in.browser(db, me.session_id)
    return _show(request, db, me, blank(PasskeyForm, label=used.device if used else "", next=safe_next(next, "")))


@router.post("/mon-espace/acces/navigateurs/{session_id}/fin", name="identity.end_session")
def end_session(request: Request, db: Db, me: Me, session_id: int) -> Response:
    """Sign one of one's browsers out."""
    ended = signed_in.browser(db, session_id)
    if ended is None or ended.person_id != me.person_id:
        raise NotFoundError
    service.close_session(db, ended.id)
    return go(request, "identity.access", flash=_("Ce navigateur est déconnecté."), anchor="navigateurs")


@router.post("/mon-espace/acces/navigateurs/fin", name="identity.end_other_sessions")
def end_other_sessions(request: Request, db: Db, me: Me) -> Response:
    """Sign every browser out but this one."""
    n = service.end_sessions(db, me.person_id or 0, but=me.session_id)
    said = ngettext("Un autre navigateur est déconnecté.", "%(n)s autres navigateurs sont déconnectés.", n)
    return go(request, "identity.access", flash=said % {"n": n} if n else _("Aucun autre navigateur n’était connecté."))


def _prove_first(request: Request) -> Response:
    """The second factor is asked again before it is changed."""
    return go(request, "identity.second_factor", next=request.app.state.urls("identity.access"))


@router.post(
    "/mon-espace/acces/cles/options", name="identity.passkey_options",
    dependencies=[Depends(limit("passkey", "60/hour"))],
)  # fmt: skip
def passkey_options(db: Db, me: Me) -> Response:
    """What the browser needs to make a passkey, for our script."""
    if not _may_change(db, me):
        raise ForbiddenError(_("Montrez d’abord une clé que vous avez déjà."))
    options = verbs.registration_options(db, _oneself(db, me), me.session_id or 0)
    return Response(options, media_type="application/json")


@router.post("/mon-espace/acces/cles", name="identity.add_passkey", dependencies=[Depends(limit("passkey", "60/hour"))])
def add_passkey(
    request: Request, db: Db, me: Me, form: Annotated[Filled[PasskeyForm], Depends(read(PasskeyForm))]
) -> Response:
    """Keep a passkey; with the first come the recovery codes, shown once."""
    if not _may_change(db, me):
        return _prove_first(request)
    person, data, codes = _oneself(db, me), form.ok, None
    if data:
        codes = verbs.add_passkey(db, person, me.session_id or 0, label=data.label, credential=data.credential)
        if codes is None:
            form.refuse("credential", _unconfirmed(db, me))
    if data is None or codes is None:
        response = _show(request, db, me, form)
        response.status_code = 422  # the challenge is spent, so this answer keeps its writes
        return response
    path = safe_next(data.next, request.app.state.urls("identity.access"))
    said = _("Votre clé est enregistrée.")
    response = _codes(request, codes, path) if codes else go_to(request, path, flash=said)
    response.headers.append("set-cookie", session_cookie(verbs.confirm(db, me.session_id or 0)))
    return response


def _unconfirmed(db: Db, me: Me) -> str:
    """A page of codes loaded again sends its form again: say what there is, and how to get codes."""
    if queries.has_passkey(db, me.person_id or 0):
        return _(
            "Cette demande a déjà servi. Votre clé est dans la liste ; si vous n’avez pas noté vos codes de secours, "
            "faites-en huit nouveaux ci-dessous."
        )
    return _("Votre appareil n’a pas confirmé la clé. Recommencez.")


def _codes(request: Request, codes: list[str], path: str) -> Response:
    return page(request, "identity/recovery_codes.html", codes=codes, next=path, headers=PRIVATE)


@router.post("/mon-espace/acces/cles/{passkey_id}/retrait", name="identity.remove_passkey")
def remove_passkey(request: Request, db: Db, me: Me, passkey_id: int) -> Response:
    """Forget one of one's passkeys."""
    key = kept.passkey(db, me.person_id or 0, passkey_id)
    if key is None:
        raise NotFoundError
    if not _may_change(db, me):
        return _prove_first(request)
    verbs.remove_passkey(db, _oneself(db, me), key)
    return go(request, "identity.access", flash=_("La clé est retirée."))


@router.post("/mon-espace/acces/codes", name="identity.new_codes")
def new_codes(request: Request, db: Db, me: Me) -> Response:
    """Eight other recovery codes, shown once."""
    if not queries.has_passkey(db, me.person_id or 0):
        raise NotFoundError
    if not _may_change(db, me):
        return _prove_first(request)
    return _codes(request, verbs.new_codes(db, _oneself(db, me)), request.app.state.urls("identity.access"))
