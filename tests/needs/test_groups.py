"""Moderators and technicians group needs: from a list, from a need and its neighbours; change, split, undo, redo."""

import html
import re

import pytest
from sqlmodel import Session, col, select

from app.core import search
from app.core.machine import Event
from app.needs.models import Need, NeedGroup
from app.needs.queries import KIND
from tests.needs.grouping import HOME, accord_of, grouped, members, new_need, persona, some_needs, the_group
from tests.site import Site

TITLE = "Un car le soir, tous les jours"
NASTY = "<script>alert(1)</script> « L’été »"


def _group(db: Session, title: str) -> NeedGroup:
    return db.exec(select(NeedGroup).where(NeedGroup.title == title)).one()


def _reference(site: Site, need_id: int) -> str:
    with site.reading() as db:
        return db.get_one(Need, need_id).reference


def _verbs(site: Site, kind: str, subject_id: int) -> list[str]:
    with site.reading() as db:
        found = select(Event.verb).where(Event.subject_kind == kind, Event.subject_id == subject_id)
        return list(db.exec(found.order_by(col(Event.id))))


def test_ticked_in_the_list_needs_are_grouped_and_each_author_is_told_once(site: Site) -> None:
    ids = some_needs(site, 3, author="resident")
    clerk = site.signed_in("moderator")
    listed = clerk.get(f"/besoins?territoire={HOME}").text
    assert 'form="regrouper"' in listed and 'action="/besoins-partages/nouveau"' in listed
    blank = clerk.get("/besoins-partages/nouveau", params={"besoin": ids})
    assert all(_reference(site, i) in blank.text for i in ids)
    summary = f"Il manque un car le soir [{_reference(site, ids[0])}], le samedi aussi {_reference(site, ids[1])}."
    shown = clerk.post("/besoins-partages", {"besoin": ids, "title": TITLE, "summary": summary})
    assert shown.status_code == 200 and TITLE in shown.text and "3 besoins" in shown.text
    with site.reading() as db:
        group, email = _group(db, TITLE), persona(db, "resident").email
        assert {db.get_one(Need, i).stage for i in ids} == {"grouped"}
    assert members(site, group.id or 0) == set(ids)
    mails = [mail for mail in site.mails(email) if "regroupé" in mail.subject]
    assert len(mails) == 1 and all(_reference(site, i) in mails[0].body for i in ids)
    assert f"/besoins/{ids[0]}#besoin-partage" in mails[0].body
    assert _verbs(site, "need_group", group.id or 0) == ["create", "group", "group", "group"]
    assert _verbs(site, "need", ids[0])[-1] == "group"
    visitor = site.visitor()
    assert TITLE in visitor.get(f"/besoins/{ids[0]}").text
    page = visitor.get(f"/besoins-partages/{group.id}").text
    assert f'href="/besoins/{ids[0]}"' in page and "Il manque un car le soir" in page
    assert TITLE in visitor.get(f"/besoins-partages?territoire={HOME}").text


def test_a_sentence_without_citation_is_quoted_beside_the_field_and_nothing_is_lost(site: Site) -> None:
    ids = some_needs(site, 2)
    sent = {"besoin": ids, "title": TITLE, "summary": f"Tout va mal. Sauf ici [{_reference(site, ids[0])}]."}
    again = site.signed_in("moderator").post("/besoins-partages", sent)
    assert again.status_code == 422
    assert "« Tout va mal. » ne cite aucun besoin" in html.unescape(again.text).replace("\u00a0", " ")
    assert 'id="summary-erreur"' in again.text and "Sauf ici" in again.text and f'value="{TITLE}"' in again.text
    with site.reading() as db:
        assert not db.exec(select(NeedGroup).where(NeedGroup.title == TITLE)).all()


def test_one_need_alone_an_unpublished_one_and_one_already_grouped_are_refused(site: Site) -> None:
    clerk = site.signed_in("moderator")
    _group_id, taken = grouped(site, 2)
    free = some_needs(site, 2)
    with site.writing() as db:
        db.get_one(Need, free[1]).status = "pending"
    for ids, words in (
        (free[:1], "deux besoins au moins"),
        ([free[0], taken[0]], "est déjà dans le besoin partagé"),
        (free, "Cochez des besoins publiés"),
    ):
        refused = clerk.post("/besoins-partages", {"besoin": ids, "title": TITLE})
        assert refused.status_code == 422 and words in html.unescape(refused.text)
    assert clerk.post("/besoins-partages", {"besoin": [], "title": TITLE}).status_code == 422
    assert clerk.get("/besoins-partages/nouveau?besoin=abc&besoin=99999999999&depuis=x").status_code == 200


def test_who_may_group_and_where(site: Site) -> None:
    here, there = some_needs(site, 2), some_needs(site, 2, slug="quimper-bretagne-occidentale")
    group_id, _ids = grouped(site, 2)
    sent = {"besoin": here, "title": TITLE}
    assert site.visitor().post("/besoins-partages", sent).status_code == 403
    for key in ("resident", "facilitator", "elected", "relay"):
        person = site.signed_in(key)
        assert person.post("/besoins-partages", sent).status_code == 422, key
        assert person.get(f"/besoins-partages/{group_id}/modifier").status_code == 403, key
        assert person.post(f"/besoins-partages/{group_id}/dissolution").status_code == 403, key
        assert person.get(f"/besoins/{here[0]}/regroupement").status_code == 403, key
        assert person.get(f"/besoins-partages/{group_id}").status_code == 200
    for key in ("moderator", "technician"):
        person = site.signed_in(key)
        assert person.post("/besoins-partages", {"besoin": there, "title": TITLE}).status_code == 422
        assert person.get(f"/besoins/{there[0]}/regroupement").status_code == 403
        mixed = {"besoin": [*here, *there], "title": TITLE}
        assert person.post("/besoins-partages", mixed).status_code == 422
    with site.reading() as db:
        assert not db.exec(select(NeedGroup).where(NeedGroup.title == TITLE)).all()
    added = site.signed_in("moderator").post(
        f"/besoins-partages/{group_id}/besoins", {"references": _reference(site, there[0])}
    )
    assert added.status_code == 422 and "autre territoire" in added.text
    assert site.signed_in("moderator").get(f"/besoins-partages/{group_id}/suite").status_code == 403


def test_html_in_every_field_stays_text(site: Site) -> None:
    with site.writing() as db:
        accord = accord_of(db)
        ids = [new_need(db, accord, n, text=NASTY * 4).id or 0 for n in (1, 2)]
    clerk = site.signed_in("moderator")
    summary = f"{NASTY} [{_reference(site, ids[0])}]."
    shown = clerk.post("/besoins-partages", {"besoin": ids, "title": NASTY, "summary": summary})
    with site.reading() as db:
        group = _group(db, NASTY)
        key = group.id
    for page in (shown, clerk.get(f"/besoins-partages/{key}/modifier"), site.visitor().get("/besoins-partages")):
        assert page.status_code == 200
        assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text
    refused = clerk.post(f"/besoins-partages/{key}/modifier", {"title": NASTY, "summary": NASTY + ".", "edited": "0"})
    assert refused.status_code == 422 and "<script>alert" not in refused.text
    refused = clerk.post(f"/besoins-partages/{key}/besoins", {"references": "<b>X</b>"})
    assert refused.status_code == 422 and "<B>X" not in refused.text


def test_a_stale_edit_overwrites_nothing_and_keeps_what_was_typed(site: Site) -> None:
    group_id, ids = grouped(site, 2)
    reference = _reference(site, ids[0])
    first, second = site.signed_in("moderator"), site.signed_in("technician")
    first.post(
        f"/besoins-partages/{group_id}/modifier",
        {"title": TITLE, "summary": f"Un car le soir [{reference}].", "edited": "0"},
    )
    mine = {"title": "Un autre titre pour ces cars", "summary": f"Un train [{reference}].", "edited": "0"}
    stale = second.post(f"/besoins-partages/{group_id}/modifier", mine)
    assert stale.status_code == 409
    assert f"Un car le soir [{reference}]." in stale.text and f"Un train [{reference}]." in stale.text
    edited = re.search(r'name="edited" value="(\d+)"', stale.text)
    assert edited
    kept = second.post(f"/besoins-partages/{group_id}/modifier", mine | {"edited": edited[1]})
    assert kept.status_code == 200 and "Un autre titre pour ces cars" in kept.text
    history = site.visitor().get(f"/besoins-partages/{group_id}").text
    assert "Lire le texte précédent" in history and f"Un car le soir [{reference}]." in history


def test_only_authors_whose_sentence_changed_are_told(site: Site) -> None:
    with site.writing() as db:
        accord = accord_of(db)
        people = [persona(db, key) for key in ("resident", "elected")]
        needs = [new_need(db, accord, n, author=author) for n, author in enumerate(people)]
        ids, refs = [n.id or 0 for n in needs], [n.reference for n in needs]
        emails = [p.email for p in people]
    clerk = site.signed_in("moderator")
    clerk.post("/besoins-partages", {"besoin": ids, "title": TITLE, "summary": f"Un [{refs[0]}]. Deux [{refs[1]}]."})
    with site.reading() as db:
        key = _group(db, TITLE).id
    before = [len(site.mails(email)) for email in emails]
    changed = {"title": TITLE, "summary": f"Un [{refs[0]}]. Trois [{refs[1]}].", "edited": "0"}
    assert clerk.post(f"/besoins-partages/{key}/modifier", changed).status_code == 200
    assert [len(site.mails(email)) for email in emails] == [before[0], before[1] + 1]


def test_a_sentence_that_no_need_backs_any_more_is_not_shown(site: Site) -> None:
    group_id, ids = grouped(site, 3)
    refs = [_reference(site, i) for i in ids]
    clerk = site.signed_in("moderator")
    summary = f"Des cars le soir [{refs[0]}]. Des trains la nuit [{refs[2]}]."
    clerk.post(f"/besoins-partages/{group_id}/modifier", {"title": TITLE, "summary": summary, "edited": "0"})
    clerk.post(f"/besoins-partages/{group_id}/sorties", {"besoin": [ids[2]]})
    assert members(site, group_id) == set(ids[:2])
    page = site.visitor().get(f"/besoins-partages/{group_id}").text
    body = page.split('id="fil"')[0]
    assert "Des cars le soir" in body and "Des trains la nuit" not in body
    assert "Des trains la nuit" in clerk.get(f"/besoins-partages/{group_id}/modifier").text
    clerk.post(f"/besoins-partages/{group_id}/besoins", {"references": f"[{refs[2].lower()}]"})
    assert "Des trains la nuit" in site.visitor().get(f"/besoins-partages/{group_id}").text


def test_a_double_submit_makes_one_group(site: Site) -> None:
    ids = some_needs(site, 2)
    clerk = site.signed_in("moderator")
    for _twice in (1, 2):
        assert clerk.post("/besoins-partages", {"besoin": ids, "title": TITLE}).status_code == 200
    with site.reading() as db:
        group_id = _group(db, TITLE).id or 0
    for _twice in (1, 2):
        assert clerk.post(f"/besoins-partages/{group_id}/sorties", {"besoin": [ids[0]]}).status_code == 200
    for _twice in (1, 2):
        again = clerk.post(f"/besoins-partages/{group_id}/besoins", {"besoin": [ids[0]]})
        assert again.status_code == 200
    for path in ("dissolution", "dissolution", "retour", "retour"):
        assert clerk.post(f"/besoins-partages/{group_id}/{path}").status_code == 200
    assert members(site, group_id) == set(ids)
    assert _verbs(site, "need_group", group_id).count("dissolve") == 1


def test_a_group_splits_in_two_and_each_need_is_in_one_group(site: Site) -> None:
    group_id, ids = grouped(site, 5)
    clerk = site.signed_in("technician")
    blank = clerk.get("/besoins-partages/nouveau", params={"depuis": group_id, "besoin": ids[:2]})
    assert f'name="depuis" value="{group_id}"' in blank.text
    made = clerk.post("/besoins-partages", {"besoin": ids[:2], "title": TITLE, "depuis": str(group_id)})
    assert made.status_code == 200
    with site.reading() as db:
        other = _group(db, TITLE).id or 0
    assert members(site, group_id) == set(ids[2:]) and members(site, other) == set(ids[:2])


def test_dissolved_it_is_no_more_public_and_restored_with_the_needs_that_are_free(site: Site) -> None:
    group_id, ids = grouped(site, 4)
    clerk = site.signed_in("moderator")
    address = f"/besoins-partages/{group_id}"
    assert "Refaire le regroupement" in clerk.post(f"{address}/dissolution").text
    assert site.visitor().get(address).status_code == 404
    assert site.visitor().post(f"{address}/soutiens", {"college": "jeunes", "email": "a@exemple.fr"}).status_code == 404
    assert "Il en a fait partie, et continue seul" in site.visitor().get(f"/besoins/{ids[0]}").text
    with site.reading() as db:
        assert {db.get_one(Need, i).stage for i in ids} == {"received"}
    other = some_needs(site, 1)
    clerk.post("/besoins-partages", {"besoin": [ids[0], *other], "title": TITLE})
    with site.writing() as db:
        db.get_one(Need, ids[1]).status = "hidden"
    refs = [_reference(site, i) for i in ids[:2]]
    back = clerk.post(f"{address}/retour")
    assert "sauf 2 besoins" in back.text and all(ref in back.text for ref in refs)
    assert members(site, group_id) == set(ids[2:])
    assert site.visitor().get(address).status_code == 200
    with site.reading() as db:
        assert the_group(db, group_id).status == "open"


def test_from_a_need_one_finds_its_neighbours_and_what_a_search_finds(site: Site) -> None:
    with site.writing() as db:
        accord = accord_of(db)
        said = "Le dernier car pour Guerlesquin part bien trop tôt, il faudrait un retour après vingt heures."
        ids = [new_need(db, accord, n, text=said).id or 0 for n in (1, 2, 3)]
        for i in ids:
            need = db.get_one(Need, i)
            search.index(db, KIND, i, need.title, need.text)
    clerk = site.signed_in("moderator")
    page = clerk.get(f"/besoins/{ids[0]}/regroupement").text
    assert f'value="{ids[1]}"' in page and f'value="{ids[2]}"' in page
    found = clerk.get(f"/besoins/{ids[0]}/regroupement?q=guerlesquin").text
    assert "La recherche trouve" in found
    group_id, _grouped = grouped(site, 2)
    added = clerk.post(f"/besoins-partages/{group_id}/besoins", {"besoin": [ids[0]]})
    assert added.status_code == 200 and ids[0] in members(site, group_id)
    assert "Ajouter au besoin partagé" in clerk.get(f"/besoins/{ids[0]}/regroupement").text


@pytest.mark.parametrize("path", ["/besoins-partages/9999999", "/besoins-partages/99999999999999/modifier"])
def test_what_does_not_exist_is_not_found(site: Site, path: str) -> None:
    assert site.signed_in("moderator").get(path).status_code == 404


def test_filters_of_the_list_and_its_pages(site: Site) -> None:
    for _n in range(22):
        grouped(site, 2)
    visitor, clerk = site.visitor(), site.signed_in("moderator")
    first = visitor.get("/besoins-partages").text
    assert "23 besoins partagés" in first
    after = re.search(r'href="(/besoins-partages\?apres=\d+)"', first)
    assert after
    second = visitor.get(after[1]).text
    assert "avant=" in second and second.count('class="need-row"') == 3
    assert "besoin partagé ne répond" in visitor.get("/besoins-partages?territoire=quimper-bretagne-occidentale").text
    assert visitor.get("/besoins-partages?etat=demandes").text.count('class="need-row"') == 20
    assert clerk.get("/besoins-partages?etat=demandes").text.count('class="need-row"') == 1
    assert visitor.get("/besoins-partages?etat=nimporte&theme=x%3Cb%3E&apres=zz&avant=-1").status_code == 200
    part = visitor.part("/besoins-partages?etat=attente", "group_list")
    assert part.text.lstrip().startswith("<section")


def test_queries_do_not_grow_with_the_group_nor_with_the_list(site: Site) -> None:
    small, _few = grouped(site, 2)
    large, _many = grouped(site, 30)
    visitor = site.visitor()
    counts = {}
    for group_id in (small, large):
        with site.counting() as seen:
            assert visitor.get(f"/besoins-partages/{group_id}").status_code in (200, 301)
        counts[group_id] = len(seen)
    assert counts[small] == counts[large] <= 30
    with site.counting() as seen:
        visitor.get("/besoins-partages")
    listed = len(seen)
    for _n in range(6):
        grouped(site, 2)
    with site.counting() as seen:
        visitor.get("/besoins-partages")
    assert len(seen) == listed <= 10
