"""Files in a form: read and checked before the database is opened, so that a slow sender makes nobody wait."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from app.core import files
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.settings import get_settings

AT_ONCE = 2  # files being checked in one process: each may take a second of processor
MANY = 40  # files that a form may carry before it is no form of ours
SENDING = limit("upload", "60/10minute")
FIELD = re.compile(r"file_[0-9]")


@dataclass(frozen=True)
class Sent:
    """One file of a form: the name of its field, and either what may be kept or why it is refused."""

    field: str
    ready: files.Ready | None = None
    problem: str = ""


async def uploads(request: Request) -> AsyncIterator[list[Sent]]:
    """A dependency: the files of this form, in order. It comes first: ``APIRouter(dependencies=[Depends(uploads)…])``.

    Raises:
        TooManyError: too many files from one connection.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        yield []
        return
    request.state.body_limit = get_settings().upload_bytes
    async with request.form(max_files=MANY, max_fields=200) as form:
        chosen = [(name, part) for name, part in form.multi_items() if isinstance(part, UploadFile) and part.filename]
        yield [await _checked(request, name, part) for name, part in chosen]


Uploads = Annotated[list[Sent], Depends(uploads)]


async def _checked(request: Request, field: str, part: UploadFile) -> Sent:
    if not FIELD.fullmatch(field):
        raise DomainError(_("Cet envoi n’a pas la forme attendue."))
    SENDING.count(request)
    most = get_settings().file_megabytes
    if (part.size or 0) > most * 1024 * 1024:
        return Sent(field, problem=_("Ce fichier est trop lourd : %(n)s Mo au plus.") % {"n": most})
    content = await part.read()
    async with request.app.state.checking:
        try:
            return Sent(field, await anyio.to_thread.run_sync(files.check, part.filename or "", content))
        except files.RefusedFileError as refused:
            return Sent(field, problem=refused.message)
