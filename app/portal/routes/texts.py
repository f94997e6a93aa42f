"""Pages of text, and honest pages for what comes later."""

from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import Response

from app.core.db import Db
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.core.web import page
from app.identity.access import public
from app.moderation.states import APPEAL_DAYS
from app.places.queries import reference
from app.portal.states import RULES
from app.threads.states import REASON_ARTICLES, REASON_LABELS
from app.workshops.queries.reported import last_reports

router = APIRouter(dependencies=[Depends(public)])
TEXTS = Path("templates/texts")
RETENTION = "<p>%retention%</p>"  # where the rules stand in their page
REPORTS_SHOWN = 20
WORKSHOPS = "<p>%ateliers%</p>"  # where the votes of workshops stand in the method


@lru_cache
def prose(name: str) -> Markup:
    """One of our own texts, from Markdown (never a contribution: those are shown as written)."""
    settings = get_settings()
    source = (TEXTS / f"{name}.fr.md").read_text("utf-8")
    words = {
        "publisher": settings.publisher, "contact_email": settings.contact_email,
        "contact_phone": settings.contact_phone, "public_url": settings.public_url,
    }  # fmt: skip
    for key, value in words.items():
        source = source.replace(f"%{key}%", value)
    html = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table").render(source)
    return Markup(html)  # our own file, html disabled


def _text(request: Request, name: str, title: str, lede: str) -> Response:
    return page(request, "portal/text.html", title=title, lede=lede, body=prose(name))


def _within(name: str, mark: str, part: str) -> Markup:
    """A text with another one where the mark stands."""
    before, _mark, after = prose(name).partition(mark)
    return Markup(before) + prose(part) + Markup(after)


@router.get("/methode", name="portal.method")
def method(request: Request) -> Response:
    """How voices are counted, with worked examples."""
    return page(
        request, "portal/text.html", title=_("Comment les voix sont comptées"),
        lede=_("Chaque chiffre du site, sa formule, un exemple."),
        body=_within("methode", WORKSHOPS, "methode-ateliers"),
    )  # fmt: skip


@router.get("/accessibilite", name="portal.accessibility")
def accessibility(request: Request) -> Response:
    """The accessibility statement."""
    return _text(
        request,
        "accessibilite",
        _("Accessibilité"),
        _("Où nous en sommes, et comment nous signaler un obstacle."),
    )


@router.get("/charte", name="portal.charter")
def charter(request: Request) -> Response:
    """The rules of contribution; each refusal cites one."""
    reasons = [(REASON_ARTICLES[r], _(REASON_LABELS[r])) for r in REASON_LABELS]
    return page(request, "portal/charter.html", body=prose("charte"), reasons=reasons, appeal_days=APPEAL_DAYS)


@router.get("/confidentialite", name="portal.privacy")
def privacy(request: Request) -> Response:
    """Personal data and cookies, with the rules that the purge applies."""
    before, _mark, after = prose("confidentialite").partition(RETENTION)
    return page(request, "portal/privacy.html", before=Markup(before), after=Markup(after), rules=RULES)


@router.get("/mentions-legales", name="portal.legal")
def legal(request: Request) -> Response:
    """Who publishes and hosts."""
    return _text(request, "mentions-legales", _("Mentions légales"), _("Qui édite ce site, qui l’héberge."))


@router.get("/aide", name="portal.help")
def help_page(request: Request) -> Response:
    """How it works."""
    return _text(
        request,
        "aide",
        _("Comment ça marche"),
        _("Dire, suivre, comprendre : les réponses aux questions courantes."),
    )


@router.get("/plan-du-site", name="portal.sitemap")
def sitemap(request: Request, db: Db) -> Response:
    """Every page of the site."""
    return page(request, "portal/sitemap.html", places=reference(db))


@router.get("/decisions", name="portal.decisions")
def decisions(request: Request, db: Db) -> Response:
    """What the decisions of bodies will be; apart, what rooms decided."""
    reports = last_reports(db, None, limit=REPORTS_SHOWN, deciding=True)
    return page(request, "portal/later.html", nav="decisions", reports=reports, places=reference(db))
