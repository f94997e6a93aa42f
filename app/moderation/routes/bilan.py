"""The public yearly figures of the readers' work, as a page and as CSV."""

import csv
import io
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.limits import limit
from app.core.web import page
from app.identity.access import public
from app.moderation.queries import bilan
from app.moderation.queries.bilan import Figures
from app.moderation.queries.subjects import KIND_OF
from app.moderation.states import APPEAL_DAYS, KIND_LABELS, OUTCOME_LABELS, ReportOutcome
from app.places.queries import reference
from app.threads.states import REASON_ARTICLES, REASON_LABELS

router = APIRouter(dependencies=[Depends(public)])
COLUMNS = (
    "annee", "territoire", "recus_besoins", "recus_commentaires", "recus_photos", "recus_pseudonymes", "recus_cartes",
    "publies", "publies_masques", "refuses",
    *(f"refuses_{r.value}" for r in REASON_LABELS), "masques", "retires_de_la_vue",
    "remis", "annules_aussitot", "delai_median_heures", "lus_dans_le_delai_pour_cent", "signalements",
    "signalements_laisses", "signalements_masques", "signalements_retires", "demandes_de_retrait", "recours",
    "recours_confirmes", "recours_annules", "recours_en_retard",
)  # fmt: skip


def _year(asked: str, years: list[int]) -> int:
    return int(asked) if asked.isascii() and asked.isdigit() and int(asked[:5]) in years else years[0]


def _years(db: Db) -> list[int]:
    """From this year back to that of the first contribution."""
    now = today().year
    return list(range(now, min(now, bilan.first_year(db) or now) - 1, -1))


@router.get("/moderation/bilan", name="moderation.bilan")
def show(request: Request, db: Db, annee: str = "", territoire: str = "") -> Response:
    """What was received, published, refused, how fast, reported, contested: a year, a territory or all."""
    years, places = _years(db), reference(db)
    year, territory = _year(annee, years), places.by_slug.get(territoire)
    found = bilan.bilan(db, year)
    chosen = territory.territory_id if territory else None
    given = bilan.breakdowns(found)
    return page(
        request, "moderation/bilan.html", year=year, years=years, places=places, territory=territory,
        figures=found.get(chosen) or Figures(), breakdown=given.get(chosen, []), by_territory=found, small=bilan.SMALL,
        kinds=KIND_LABELS, kind_of=KIND_OF, reason_labels=REASON_LABELS, articles=REASON_ARTICLES,
        outcomes=[o for o in ReportOutcome if o != ReportOutcome.WITHDRAWN], outcome_labels=OUTCOME_LABELS,
        appeal_days=APPEAL_DAYS,
    )  # fmt: skip


@router.get("/moderation/bilan.csv", name="moderation.bilan_csv", dependencies=[Depends(limit("csv", "20/minute"))])
def as_csv(db: Db, annee: str = "") -> Response:
    """The same figures, a row a territory and one for all; a count that is not given is empty."""
    year = _year(annee, _years(db))
    found, places = bilan.bilan(db, year), reference(db)
    given = bilan.breakdowns(found)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for territory in [None, *places.territories]:
        key = territory.territory_id if territory else None
        figures = found.get(key) or Figures()
        name = territory.name if territory else _("Ensemble")
        rows.writerow(_row(year, name, figures, given.get(key, [])))
    headers = {"content-disposition": f'attachment; filename="emglev-bilan-relecture-{year}.csv"'}
    return Response(written.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _row(year: int, name: str, figures: Figures, breakdown: bilan.Breakdown | None) -> list[Any]:
    kinds = [figures.received[table] for table in ("need", "comment", "file", "profile_text", "card")]
    each = dict(breakdown or [])
    reasons = ["" if breakdown is None or each.get(r, 0) is None else each.get(r, 0) for r in REASON_LABELS]
    outcomes = [figures.report_outcomes[o] for o in ("kept", "masked", "hidden")]
    verbs = figures.verbs
    return [
        year, name, *kinds, figures.published, verbs["publish_masked"], verbs["refuse"], *reasons, verbs["mask"],
        verbs["hide"], verbs["restore"], figures.undone,
        "" if figures.median_hours is None else figures.median_hours,
        "" if figures.share_in_time is None else figures.share_in_time, figures.reports, *outcomes,
        figures.withdrawals, figures.appeals, figures.appeal_outcomes["upheld"], figures.appeal_outcomes["reversed"],
        figures.late_appeals,
    ]  # fmt: skip
