"""The image of a presentation: checked, described, served, and gone when no step shows it."""

from typing import Any

from app.core import files as store
from app.threads.service import files as verbs
from app.workshops.models import Workshop
from tests.site import Site, Visitor
from tests.threads.sendings import photo
from tests.workshops.acts import act, soup, steps
from tests.workshops.drafts import DOTS, draft, last_step, row, write

SHOWN = {"kind": "presentation", "title": "Les arrêts de car", "minutes": 5}
ALT = "Carte des arrêts de car"


def presented(site: Site, amina: Visitor, workshop: Workshop, **more: Any) -> Any:
    """Send a presentation with an image."""
    path = f"/ateliers/{workshop.id}/sequences"
    sent = {k: str(v) for k, v in (SHOWN | {"edited": row(site, workshop).edited, "alt_0": ALT} | more).items()}
    name, content = sent.pop("name", "carte.png"), more.get("content", photo("PNG"))
    sent.pop("content", None)
    return amina.post(path, sent, files={"file_0": (name, content, "image/png")})


def test_an_image_is_checked_described_and_served_to_whoever_reads_the_workshop(site: Site) -> None:
    amina, visitor = site.signed_in("facilitator"), site.visitor()
    workshop = draft(site, amina, DOTS)
    refused = presented(site, amina, workshop, alt_0="")
    assert refused.status_code == 422 and "ce que montre l’image" in refused.text and SHOWN["title"] in refused.text
    for wrong in (b"<svg onload=alert(1)>", b"%PDF-1.4\n%%EOF"):
        assert presented(site, amina, workshop, content=wrong).status_code == 422
    assert presented(site, amina, workshop).status_code == 200
    step = last_step(site, workshop)
    path = f"/ateliers/{workshop.id}/sequences/{step.id}/image"
    assert visitor.get(path).status_code == 404 and amina.get(path).headers["content-type"] == "image/png"
    amina.post(f"/ateliers/{workshop.id}/annonce")
    served = visitor.get(path)
    assert served.status_code == 200 and served.headers["x-content-type-options"] == "nosniff"
    assert visitor.get(path, headers={"if-none-match": served.headers["etag"]}).status_code == 304
    page = soup(visitor.get(f"/ateliers/{workshop.id}"))
    assert page.select_one(f'img[src="{path}"]')["alt"] == ALT
    assert visitor.get(f"/ateliers/{workshop.id}/sequences/{steps(site, workshop)[0].id}/image").status_code == 404


def test_an_image_that_no_step_shows_any_more_goes_away_and_another_stays(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    for title in ("Les arrêts de car", "La même carte"):
        assert presented(site, amina, workshop, title=title, content=photo("PNG", (320, 200))).status_code == 200
    _vote, first, second = steps(site, workshop)
    kept = store.place(first.image_digest or "")
    write(site, amina, workshop, first, **SHOWN, drop_image="true")
    site.mails()
    assert steps(site, workshop)[1].image_digest is None and kept.is_file(), "the other step still shows it"
    verbs.sweep(site.database)
    assert kept.is_file()
    act(site, amina, workshop, f"sequences/{second.id}/retrait")
    site.mails()
    assert not kept.is_file()
