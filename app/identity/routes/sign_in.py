"""The ways in on one page; signing in by a link sent by e-mail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core import providers
from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET, token
from app.core.web import MAX_BACK, go_to, page, safe_next
from app.identity import queries, service
from app.identity.access import Me, enter, public
from app.identity.forms import CodeForm, SignInForm
from app.identity.models import EmailProof
from app.identity.routes import apart

router = APIRouter(dependencies=[Depends(public)])
BROWSER_COOKIE = "emglev_browser"


@router.get("/connexion", name="identity.sign_in")
def sign_in(request: Request, me: Me, next: str = "") -> Response:
    """Ask for an address, or lead to a provider."""
    if me.signed_in:
        return go_to(request, safe_next(next, "/mon-espace"))
    return _form(request, blank(SignInForm, next=next))


def _form(request: Request, form: Filled[SignInForm], status: int = 200) -> Response:
    path = safe_next(form.values["next"], "")
    path = path if len(path) <= MAX_BACK else ""
    joining = path == request.app.state.urls("identity.join")
    return page(
        request, "identity/sign_in.html", status=status, form=form, next=path, joining=joining,
        ways=providers.offered(), gives=providers.gives,
    )  # fmt: skip


@router.post("/connexion", name="identity.request_link", dependencies=[Depends(limit("sign-in", "20/hour"))])
def request_link(request: Request, db: Db, form: Annotated[Filled[SignInForm], Depends(read(SignInForm))]) -> Response:
    """Send a link; say the same thing whether the address is known or not."""
    data = form.ok
    if data is None:
        return _form(request, form, 422)
    browser = apart.kept(request, BROWSER_COOKIE) or token()
    code = service.request_sign_in(db, data.email, browser=browser, next_path=safe_next(data.next, "/mon-espace"))
    response = page(request, "identity/link_sent.html", email=data.email, code=code)
    return apart.keep(response, BROWSER_COOKIE, browser, seconds=3600)


def _proof(db: Db, token: str) -> EmailProof:
    proof = queries.proof_by_token(db, token)
    return service.usable(proof if proof and proof.purpose == service.SIGN_IN else None)


@router.get("/connexion/lien/{token}", name="identity.open_link")
def open_link(request: Request, db: Db, token: str) -> Response:
    """A page with a button: mail scanners follow links, they press no button."""
    known = service.matches_browser(_proof(db, token), apart.kept(request, BROWSER_COOKIE))
    return page(
        request,
        "identity/open_link.html",
        form=blank(CodeForm),
        known=known,
        token=token,
        headers=SECRET,
    )


@router.post("/connexion/lien/{token}", name="identity.use_link", dependencies=[Depends(limit("link", "30/hour"))])
def use_link(
    request: Request, db: Db, token: str, form: Annotated[Filled[CodeForm], Depends(read(CodeForm))]
) -> Response:
    """Sign in, in this browser, if it asked for the link or knows the code."""
    proof = _proof(db, token)
    known = service.matches_browser(proof, apart.kept(request, BROWSER_COOKIE))
    if not known and not service.try_code(db, proof, form.data.code if form.data else ""):
        form.refuse("code", _("Ce n’est pas le code affiché sur la page de votre demande."))
        response = page(request, "identity/open_link.html", form=form, known=False, token=token)
        response.status_code = 422  # the try is counted, so this answer keeps its writes
        return response
    service.use(db, proof)
    person = service.person_for(db, proof.email)
    return enter(request, db, person, proof.data.get("next"))
