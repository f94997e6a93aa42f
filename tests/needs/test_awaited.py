"""What awaits an answer: technicians read it oldest first, answer from there, and come back."""

import re

from app.needs.models import Need
from tests.needs.grouping import accord_of, answer, grouped, new_need, some_needs
from tests.site import Site


def test_what_awaits_an_answer_is_listed_oldest_first_and_one_comes_back_to_it(site: Site) -> None:
    group_id, ids = grouped(site, 3)
    alone = some_needs(site, 20)
    with site.reading() as db:
        refs = {i: db.get_one(Need, i).reference for i in [*ids, *alone]}
    clerk = site.signed_in("technician")
    assert site.signed_in("moderator").get("/reponses").status_code == 403
    assert site.visitor().get("/reponses").url.path == "/connexion"
    first = clerk.get("/reponses?theme=&etat=").text
    assert f"BP-{group_id}" in first and not any(refs[i] in first for i in ids), "the group stands for its needs"
    after = re.search(r'href="(/reponses\?apres=[^"]+)"', first)
    assert after
    second = clerk.get(after[1]).text
    assert "avant=" in second
    dues = re.findall(r"En retard d(?:e (\d+) jours|’un jour)", (first + second).replace("\u00a0", " "))
    late_for = [int(days or 1) for days in dues if days != "seulement"]
    assert late_for == sorted(late_for, reverse=True) and late_for
    late = clerk.get("/reponses?etat=retard").text
    assert "Due le" not in late.split('id="awaited_list"')[1]
    form = clerk.get(f"/besoins-partages/{group_id}/suite", params={"retour": "/reponses?etat=retard"}).text
    assert 'name="retour" value="/reponses?etat=retard"' in form
    back = clerk.post(f"/besoins-partages/{group_id}/reponses", answer(site, retour="/reponses?etat=retard"))
    assert str(back.url).endswith("/reponses?etat=retard") and f"BP-{group_id}" not in back.text
    away = clerk.post(f"/besoins/{alone[0]}/reponses", answer(site, retour="https://ailleurs.example/"))
    assert f"/besoins/{alone[0]}-" in str(away.url)
    assert clerk.get("/reponses?apres=2026-99-99~need~1&avant=x&territoire=zz").status_code == 200


def test_the_list_of_answers_holds_only_my_territories_and_few_queries(site: Site) -> None:
    with site.writing() as db:
        far = new_need(db, accord_of(db, "quimper-bretagne-occidentale"), 1).reference
    clerk = site.signed_in("technician")
    pages = [clerk.get("/reponses").text, clerk.get("/reponses?territoire=quimper-bretagne-occidentale").text]
    assert not any(far in page for page in pages)
    with site.counting() as seen:
        clerk.get("/reponses")
    before = len(seen)
    some_needs(site, 12)
    grouped(site, 3)
    with site.counting() as seen:
        clerk.get("/reponses")
    assert len(seen) == before <= 18
