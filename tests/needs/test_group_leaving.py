"""« Ce n’est pas ce que j’ai dit »: an author asks that a need leave its group, and is answered."""

from sqlmodel import col, select

from app.core.security import digest, normal_code
from app.needs.models import GroupMember, Need
from tests.needs.grouping import grouped, members, persona
from tests.site import Site

WHY = "Je parlais du samedi, pas du soir."
CODE = "A1B2-C3D4-E5F6"


def _member(site: Site, need_id: int) -> GroupMember:
    with site.reading() as db:
        return db.exec(select(GroupMember).where(GroupMember.need_id == need_id).order_by(col(GroupMember.id))).all()[
            -1
        ]


def test_its_author_asks_to_leave_from_the_page_of_the_need_and_goes(site: Site) -> None:
    group_id, ids = grouped(site, 3, author="resident")
    author, other = site.signed_in("resident"), site.signed_in("elected")
    page = author.get(f"/besoins/{ids[0]}").text
    assert "Ce n’est pas ce que j’ai dit" in page
    assert "Ce n’est pas ce que j’ai dit" not in other.get(f"/besoins/{ids[0]}").text
    assert other.post(f"/besoins/{ids[0]}/sortie", {"words": WHY}).status_code == 403
    assert site.visitor().post(f"/besoins/{ids[0]}/sortie", {"words": WHY}).status_code == 403
    assert author.post(f"/besoins/{ids[0]}/sortie", {"words": "court"}).status_code == 422
    for _twice in (1, 2):
        assert "vous répond" in author.post(f"/besoins/{ids[0]}/sortie", {"words": WHY}).text
    clerk = site.signed_in("moderator")
    assert WHY in clerk.get(f"/besoins-partages/{group_id}").text
    assert WHY not in site.visitor().get(f"/besoins-partages/{group_id}").text
    assert WHY not in other.get(f"/besoins-partages/{group_id}").text
    path = f"/besoins-partages/{group_id}/departs/{_member(site, ids[0]).id}"
    assert author.post(path, {"decision": "sort"}).status_code == 403
    assert clerk.post(path, {"decision": "reste"}).status_code == 422
    assert "continue seul" in clerk.post(path, {"decision": "sort", "words": "Bien vu, merci."}).text
    assert clerk.post(path, {"decision": "sort"}).status_code == 409
    assert members(site, group_id) == set(ids[1:])
    with site.reading() as db:
        email = persona(db, "resident").email
    told = site.mails(email)[-1]
    assert "Bien vu, merci." in told.body and "continue seul" in told.body
    assert _member(site, ids[0]).left_why == "author"


def test_with_the_tracking_code_one_asks_and_reads_why_it_stays(site: Site) -> None:
    group_id, ids = grouped(site, 2)
    with site.writing() as db:
        db.get_one(Need, ids[0]).tracking_digest = digest(normal_code(CODE))
    visitor = site.visitor()
    assert "Ce n’est pas ce que j’ai dit" in visitor.get(f"/suivi/{CODE}").text
    assert visitor.post(f"/suivi/{CODE}/sortie", {"words": "non"}).status_code == 422
    assert WHY in visitor.post(f"/suivi/{CODE}/sortie", {"words": WHY}).text
    assert visitor.post("/suivi/AAAA-AAAA-AAAA/sortie", {"words": WHY}).status_code == 404
    kept = {"decision": "reste", "words": "Vous citez le soir, à la deuxième phrase."}
    path = f"/besoins-partages/{group_id}/departs/{_member(site, ids[0]).id}"
    site.signed_in("technician").post(path, kept)
    again = visitor.get(f"/suivi/{CODE}").text
    assert kept["words"] in again and "Ce n’est pas ce que j’ai dit" in again
    assert members(site, group_id) == set(ids)


def test_nobody_answers_their_own_request(site: Site) -> None:
    group_id, ids = grouped(site, 2, author="moderator")
    clerk = site.signed_in("moderator")
    clerk.post(f"/besoins/{ids[0]}/sortie", {"words": WHY})
    path = f"/besoins-partages/{group_id}/departs/{_member(site, ids[0]).id}"
    assert clerk.post(path, {"decision": "sort"}).status_code == 403
    assert site.signed_in("second_moderator").post(path, {"decision": "sort"}).status_code == 200
