"""Paper ballots: found while preparing, which are printed now and which in the room; offered while the vote takes some."""

from tests.site import Site
from tests.workshops.acts import act, prepared, soup, steps
from tests.workshops.drafts import DOTS, draft, write
from tests.workshops.papers import closed_with_a_ballot_read_twice, words

CARDS = {"kind": "cards", "title": "Qu’est-ce qui manque ?", "minutes": 15, "cards": 5, "approve": "true"}
GROUPS = {"kind": "dots", "title": "Quel groupe d’abord ?", "minutes": 8, "dots": 5, "cap": 2}


def test_what_is_printed_before_the_room_and_what_is_not_is_said_while_preparing(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS, CARDS)
    recueil = steps(site, workshop)[-1]
    assert write(site, amina, workshop, **GROUPS, source=recueil.id).status_code == 200
    ready = f"/ateliers/{workshop.id}/sequences/{steps(site, workshop)[0].id}/bulletins"
    for path in ("preparation", "tables"):
        found = soup(amina.get(f"/ateliers/{workshop.id}/{path}")).select_one("#bulletins")
        assert found and [link["href"] for link in found.select("a")] == [ready]
        text = found.get_text(" ", strip=True).replace("\u00a0", " ")
        assert "À imprimer dans la salle : ses choix sont les groupes de « Qu’est-ce qui manque ? »" in text
    assert amina.get(ready).status_code == 200


def test_the_console_leads_to_paper_before_the_vote_and_during_it(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    page = amina.get(f"/ateliers/{workshop.id}/regie")
    assert f'href="/ateliers/{workshop.id}/tables#bulletins"' in page.text
    vote = steps(site, workshop)[1]
    act(site, amina, workshop, f"sequences/{vote.id}/ouverture")
    page = amina.get(f"/ateliers/{workshop.id}/regie")
    assert f'href="/ateliers/{workshop.id}/sequences/{vote.id}/bulletins"' in page.text
    assert "#bulletins" not in page.text


def test_the_preparation_leads_to_the_team(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    assert f'href="/ateliers/{workshop.id}/equipe"' in amina.get(f"/ateliers/{workshop.id}/preparation").text
    assert "Équipe de l’atelier" in words(amina.get(f"/ateliers/{workshop.id}/equipe"))


def test_once_results_are_shown_neither_printing_nor_typing_is_offered(site: Site) -> None:
    here = closed_with_a_ballot_read_twice(site)
    assert "Imprimer des bulletins" in words(here.amina.get(here.base))
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/resultats")
    page = words(here.amina.get(here.base))
    assert "La saisie est fermée" in page and "Imprimer" not in page and "Saisir un bulletin" not in page
    console = words(here.amina.get(f"/ateliers/{here.workshop.id}/regie"))
    assert "1 sur papier" in console
    assert "Ouvrir la saisie" not in console and "Imprimer des bulletins" not in console
