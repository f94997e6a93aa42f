"""Collectes: the list of a territory, preparing one, printing its numbered sheets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.limits import limit
from app.core.printing import Printed
from app.core.web import go, page
from app.identity.access import Me
from app.intake import queries, service
from app.intake.access import campaign_for, choices_for, territory_for
from app.intake.forms import MAX_FORMS, MAX_PAGES, CampaignForm, CardsForm, FormsForm
from app.intake.routes.bench import around
from app.intake.routes.printing import paper
from app.needs.models import Campaign
from app.places.models import Territory
from app.places.queries import reference
from app.policy import CAMPAIGN_EDIT

router = APIRouter()
Mine = Annotated[Territory, Depends(territory_for(CAMPAIGN_EDIT))]
One = Annotated[Campaign, Depends(campaign_for(CAMPAIGN_EDIT))]
Sent = Annotated[Filled[CampaignForm], Depends(read(CampaignForm))]
PRINTING = Depends(limit("pdf", "20/minute"))


@router.get("/collectes", name="intake.campaigns")
def index(request: Request, db: Db, me: Me, territory: Mine) -> Response:
    """The collectes of a territory, and how far each one is."""
    return page(
        request, "intake/campaigns.html", listed=queries.campaigns(db, territory.territory_id),
        nothing=queries.Progress(), far=queries.progress(db, territory.territory_id), **around(db, me, territory),
    )  # fmt: skip


def _form(
    request: Request, db: Db, me: Me, territory: Territory, form: Filled[CampaignForm],
    campaign: Campaign | None = None,
) -> Response:  # fmt: skip
    status = 422 if form.errors else 200
    return page(
        request, "intake/campaign_form.html", status=status, form=form, campaign=campaign, **around(db, me, territory)
    )


@router.get("/collectes/nouvelle", name="intake.new_campaign")
def new(request: Request, db: Db, me: Me, territory: Mine) -> Response:
    """A blank collecte, that starts today."""
    return _form(request, db, me, territory, blank(CampaignForm, starts_on=today().isoformat()))


@router.post("/collectes", name="intake.prepare")
def prepare(request: Request, db: Db, me: Me, territory: Mine, form: Sent) -> Response:
    """Prepare a collecte; its mark must be free."""
    if form.data and queries.mark_taken(db, service.mark_of(territory, form.data.word)):
        form.refuse("word", _("Une collecte de ce territoire porte déjà ce code : choisissez-en un autre."))
    if form.ok is None:
        return _form(request, db, me, territory, form)
    campaign = service.prepare(db, territory, form.ok, by=me.person_id or 0)
    words = _("La collecte est prête. Imprimez ses fiches.")
    return go(request, "intake.campaign", campaign_id=campaign.id, flash=words)


def _show(
    request: Request, db: Db, me: Me, campaign: Campaign, *, forms: Filled[FormsForm] | None = None,
    cards: Filled[CardsForm] | None = None,
) -> Response:  # fmt: skip
    wrong = (forms and forms.errors) or (cards and cards.errors)
    far = queries.progress(db, campaign.territory_id).get(campaign.id or 0, queries.Progress())
    return page(
        request, "intake/campaign.html", status=422 if wrong else 200, campaign=campaign, far=far,
        forms=forms or blank(FormsForm, copies=10), cards=cards or blank(CardsForm, pages=5),
        max_forms=MAX_FORMS, max_pages=MAX_PAGES, **around(db, me, reference(db).by_id[campaign.territory_id]),
    )  # fmt: skip


@router.get("/collectes/{campaign_id:int}", name="intake.campaign")
def show(request: Request, db: Db, me: Me, campaign: One) -> Response:
    """One collecte: how far it is, and its sheets to print."""
    return _show(request, db, me, campaign)


@router.get("/collectes/{campaign_id:int}/modifier", name="intake.edit_campaign")
def edit(request: Request, db: Db, me: Me, campaign: One) -> Response:
    """Its name, dates and words; its mark stays."""
    known = {name: getattr(campaign, name) for name in ("name", "text", "starts_on", "ends_on")}
    form = blank(CampaignForm, word=campaign.mark.partition("-")[2], **known)
    return _form(request, db, me, reference(db).by_id[campaign.territory_id], form, campaign)


@router.post("/collectes/{campaign_id:int}", name="intake.change_campaign")
def change(request: Request, db: Db, me: Me, campaign: One, form: Sent) -> Response:
    """Change a collecte."""
    if form.ok is None:
        return _form(request, db, me, reference(db).by_id[campaign.territory_id], form, campaign)
    service.change(db, campaign, form.ok, by=me.person_id or 0)
    return go(request, "intake.campaign", campaign_id=campaign.id, flash=_("La collecte est modifiée."))


def _paper(request: Request, db: Db, me: Me, campaign: Campaign, template: str, count: int) -> Response:
    """New numbered sheets as a tagged PDF. Their codes leave with it and are kept nowhere."""
    here = choices_for(CAMPAIGN_EDIT)(db, me, reference(db).by_id[campaign.territory_id].slug)
    sheets = service.print_sheets(db, campaign, count, by=me.person_id or 0)
    name = f"{sheets[0][0]}-{sheets[-1][0].rpartition('-')[2]}.pdf"
    return Printed(template, paper(request, here, campaign, sheets), name)


@router.post("/collectes/{campaign_id:int}/formulaires", name="intake.print_forms", dependencies=[PRINTING])
def print_forms(
    request: Request, db: Db, me: Me, campaign: One, form: Annotated[Filled[FormsForm], Depends(read(FormsForm))]
) -> Response:  # fmt: skip
    """A4 forms, each with its number and a stub to keep."""
    if form.ok is None:
        return _show(request, db, me, campaign, forms=form)
    return _paper(request, db, me, campaign, "collect_forms.typ", form.ok.copies)


@router.post("/collectes/{campaign_id:int}/cartes", name="intake.print_cards", dependencies=[PRINTING])
def print_cards(
    request: Request, db: Db, me: Me, campaign: One, form: Annotated[Filled[CardsForm], Depends(read(CardsForm))]
) -> Response:  # fmt: skip
    """A6 cards, four a page, each with its number and a stub to keep."""
    if form.ok is None:
        return _show(request, db, me, campaign, cards=form)
    return _paper(request, db, me, campaign, "collect_cards.typ", 4 * form.ok.pages)
