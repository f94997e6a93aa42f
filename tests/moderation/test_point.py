"""A point on the map that shows somebody's home: a moderator sees it, takes it away, and may put it back."""

from sqlmodel import Session, col, select

from app.moderation.models import Undoable
from app.needs.models import Need
from app.places.models import Territory
from tests.site import Site

HOUSE = (48.5774, -3.8278)
TAKEN = {
    "decision": "mask",
    "masked": "[point de la carte]",
    "reason": "donnee_privee",
    "note": "C’est chez quelqu’un.",
}


def _waiting(site: Site) -> int:
    with site.writing() as db:
        home = select(Territory.id).where(Territory.slug == "morlaix-communaute")
        waits = select(Need).where(Need.status == "pending", col(Need.territory_id).in_(home)).order_by(col(Need.id))
        need = db.exec(waits).first()
        assert need is not None
        need.latitude, need.longitude = HOUSE
        db.add(need)
        return need.id or 0


def _point(db: Session, need_id: int) -> tuple[float | None, float | None]:
    need = db.get_one(Need, need_id)
    return need.latitude, need.longitude


def test_a_point_is_shown_before_it_is_published_and_taken_away_with_its_reason(site: Site) -> None:
    need_id, clerk = _waiting(site), site.signed_in("moderator")
    page = clerk.get(f"/moderation/besoin/{need_id}").text
    assert "Retirer le point de la carte" in page and "place__point" in page
    assert "Sans le point de la carte" in clerk.post(f"/moderation/besoin/{need_id}", TAKEN | {"preview": "1"}).text
    assert clerk.post(f"/moderation/besoin/{need_id}", TAKEN).status_code == 200
    with site.reading() as db:
        assert _point(db, need_id) == (None, None) and db.get_one(Need, need_id).status == "masked"
    assert "place__point" not in site.visitor().get(f"/besoins/{need_id}").text


def test_undone_the_point_is_there_again_and_shown_again_it_comes_back(site: Site) -> None:
    need_id, clerk = _waiting(site), site.signed_in("moderator")
    clerk.post(f"/moderation/besoin/{need_id}", TAKEN)
    with site.reading() as db:
        batch = db.exec(select(Undoable.batch)).one()
    assert clerk.post(f"/moderation/annulation/{batch}").status_code == 200
    with site.reading() as db:
        assert _point(db, need_id) == HOUSE and db.get_one(Need, need_id).status == "pending"
    clerk.post(f"/moderation/besoin/{need_id}", TAKEN)
    clerk.post(f"/moderation/besoin/{need_id}", {"decision": "restore"})
    with site.reading() as db:
        assert _point(db, need_id) == HOUSE and db.get_one(Need, need_id).status == "published"
