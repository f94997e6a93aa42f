"""Photos and documents: served one by one after a check; sent and taken back with the code of a need."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from app.accords import queries as accords
from app.accords.access import found
from app.core import files as store
from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, Form, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET, normal_code, spaced
from app.core.uploads import Uploads, uploads
from app.core.web import go, page
from app.identity.access import Me, check, public
from app.needs.models import Need
from app.policy import FILE_READ, NEED_WITHDRAW
from app.policy.actor import ANONYMOUS
from app.portal.access import file_for
from app.portal.routes.tracking import TrackedNeed
from app.threads.forms import choose_again, chosen_files
from app.threads.models import File
from app.threads.queries import files as queries
from app.threads.service import files as verbs
from app.threads.states import MODERATION, MODERATION_LABELS, FileKind, Moderation

router = APIRouter(dependencies=[Depends(uploads), Depends(public)])
LOOKUPS = Depends(limit("tracking", "60/10minute"))
OPEN = (Moderation.AWAITING_EMAIL.value, Moderation.PENDING.value)  # nobody has read the need yet
KEPT_FOR = 300  # seconds that anybody's cache may show a file which has since been hidden
SAFE = {
    "content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}  # fmt: skip


def mine(me: Me, need: TrackedNeed) -> Need:
    """The need of which this is the secret code; that of an organisation, for who speaks for it today."""
    check(me, NEED_WITHDRAW, need)
    return need


MineByCode = Annotated[Need, Depends(mine)]


@router.get("/fichiers/{file_id:int}-{slug}", name="portal.file")
def show(
    request: Request, me: Me, file: Annotated[File, Depends(file_for(FILE_READ))], slug: str, apercu: int = 0
) -> Response:
    """One file, or its preview; kept for a few minutes if everyone may see it, never otherwise."""
    if slug != file.slug:
        return RedirectResponse(request.app.state.urls("portal.file", file_id=file.id, slug=file.slug), status_code=301)
    whose = "private" if me.signed_in else "public"  # a signed-in answer may carry a cookie
    kept = f"{whose}, max-age={KEPT_FOR}" if ANONYMOUS.can(FILE_READ, file) else "private, no-store"
    return _bytes(request, file, preview=bool(apercu), headers={"cache-control": kept})


def _bytes(request: Request, file: File, *, preview: bool, headers: dict[str, str]) -> Response:
    path, kind = store.place(file.digest), file.media_type
    etag = f'"{file.digest[:32]}{"-apercu" if preview else ""}"'
    if preview and file.kind == FileKind.IMAGE:
        path, kind = store.preview_of(path), store.PREVIEW_TYPE
    if not path.is_file():
        raise NotFoundError(_("Ce fichier n’existe pas, ou n’est pas public."))
    headers = SAFE | headers | {"etag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    shown = "inline" if file.kind == FileKind.IMAGE else "attachment"
    return FileResponse(path, media_type=kind, filename=file.name, content_disposition_type=shown, headers=headers)


def _sent(db: Db, need: Need, file_id: int) -> File:
    """A file of this need, not taken back."""
    file = found(queries.one(db, file_id))
    if file.thread_id != need.thread_id or not file.digest:
        raise NotFoundError(_("Ce fichier n’existe pas, ou n’est pas public."))
    return file


@router.get("/suivi/{code}/fichiers/{file_id:int}", name="portal.own_file", dependencies=[LOOKUPS])
def show_own(request: Request, db: Db, need: MineByCode, file_id: int, apercu: int = 0) -> Response:
    """One file of one's own need, whatever became of it; no cache keeps it."""
    return _bytes(request, _sent(db, need, file_id), preview=bool(apercu), headers=SECRET)


def _own_page(request: Request, db: Db, need: Need, code: str, form: Filled[Form] | None = None) -> Response:
    held: Any = queries.sent_with(db, [need.thread_id])
    return page(
        request, "portal/tracking_files.html", status=422 if form else 200, headers=SECRET, need=need, files=held,
        code=spaced(normal_code(code)), form=form or blank(Form), labels=MODERATION_LABELS,
        is_open=need.status in OPEN, removable=[f.id for f in held if MODERATION.allows(f.status, "withdraw")],
    )  # fmt: skip


@router.get("/suivi/{code}/fichiers", name="portal.own_files", dependencies=[LOOKUPS])
def own_files(request: Request, db: Db, need: MineByCode, code: str) -> Response:
    """The photos and documents of one's own need, and a form to add one while nobody has read it."""
    return _own_page(request, db, need, code)


@router.post("/suivi/{code}/fichiers", name="portal.add_file", dependencies=[LOOKUPS])
def add(
    request: Request, db: Db, need: MineByCode, code: str, sent: Uploads,
    form: Annotated[Filled[Form], Depends(read(Form))],
) -> Response:  # fmt: skip
    """Add a file; a refused one costs no word."""
    chosen = chosen_files(form, sent)
    if not sent and not form.errors:
        form.refuse("file_0", _("Choisissez un fichier."))
    if need.status not in OPEN:
        form.refuse("form", _("Votre besoin a déjà été lu : il ne reçoit plus de fichier."))
    if form.ok is not None:
        accord = accords.accord(db, need.accord_id)
        after = bool(accord and accord.reads_after("file"))
        try:
            verbs.attach(db, need, chosen, a_posteriori=after)
            return go(
                request,
                "portal.own_files",
                code=code,
                anchor="flash",
                flash=_("Fichier ajouté : il part en relecture."),
            )
        except ConflictError as full:
            form.refuse("form", full.message)
    choose_again(form, sent)
    return _own_page(request, db, need, code, form)


@router.get("/suivi/{code}/fichiers/{file_id:int}/retrait", name="portal.removed_file", dependencies=[LOOKUPS])
def back_to_the_files(request: Request, need: MineByCode, code: str, file_id: int) -> Response:
    """The address of the form leads to its page."""
    return go(request, "portal.own_files", code=code)


@router.post("/suivi/{code}/fichiers/{file_id:int}/retrait", name="portal.remove_file", dependencies=[LOOKUPS])
def remove(request: Request, db: Db, me: Me, need: MineByCode, code: str, file_id: int) -> Response:
    """Take one of one's files back: it goes for good."""
    verbs.withdraw_file(db, _sent(db, need, file_id), by=me.person_id or need.author_id)
    return go(request, "portal.own_files", code=code, anchor="flash", flash=_("Le fichier est retiré et effacé."))
