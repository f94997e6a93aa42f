"""How a territory reads: before or after publication, by kind, and within how long."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords.access import Place, place_for
from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me
from app.moderation.forms.deciding import SettingsForm
from app.moderation.service import setting
from app.policy import MODERATION_SET

router = APIRouter()
Here = Annotated[Place, Depends(place_for(MODERATION_SET))]
KINDS = ("need", "comment", "file", "profile")


def _page(request: Request, here: Place, form: Filled[SettingsForm], status: int = 200) -> Response:
    return page(
        request, "moderation/settings.html", status=status, nav="moderation", territory=here.territory, form=form
    )


@router.get("/moderation/reglages/{slug}", name="moderation.settings")
def settings(request: Request, here: Here) -> Response:
    """What is set today."""
    after = [kind for kind in KINDS if here.accord.reads_after(kind)]
    return _page(request, here, blank(SettingsForm, after=after, reading_hours=here.accord.reading_hours))


@router.post("/moderation/reglages/{slug}", name="moderation.set")
def change(
    request: Request, db: Db, me: Me, here: Here,
    form: Annotated[Filled[SettingsForm], Depends(read(SettingsForm))],
) -> Response:  # fmt: skip
    """Change it: what waits keeps waiting, what comes follows the new rule."""
    if form.ok is None:
        return _page(request, here, form, 422)
    changed = setting.set_reading(db, here.accord, form.ok, by=me.person_id or 0)
    words = _("Réglages enregistrés.") if changed else _("Rien n’a changé.")
    return go(request, "moderation.settings", flash=words, slug=here.territory.slug)
