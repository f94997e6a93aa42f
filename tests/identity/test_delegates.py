"""Who speaks for an organisation: invited by address, accepted by who proved it, replaced, ended."""

from sqlmodel import select

from app.identity.models import Delegate, Organisation
from tests.identity.spokespeople import TREGOR, at_once, delegate_id, mandates, someone
from tests.site import Site


def test_an_invitation_is_accepted_by_the_address_it_was_sent_to(site: Site) -> None:
    delegate = site.signed_in("association")
    page = delegate.post(f"{TREGOR}/delegues", {"email": "Nina@exemple.fr"})
    assert "Invitation envoyée" in page.text
    mail = site.mails("nina@exemple.fr")[-1]
    assert "Trégor à vélo" in mail.body and "/mon-espace/organisations" in mail.body
    asked = delegate_id(site, "tregor-a-velo", "nina@exemple.fr")
    thief = site.signed_in("resident")
    assert "Trégor" not in thief.get("/mon-espace/organisations").text
    assert thief.post(f"/mon-espace/organisations/{asked}", {"verb": "accept"}).status_code == 404
    nina = someone(site, "nina@exemple.fr")
    nina.post(f"/mon-espace/organisations/{asked}", {"verb": "accept"})
    assert ("nina@exemple.fr", "accepted") in mandates(site, "tregor-a-velo")
    assert "Au nom de Trégor à vélo" in nina.get("/besoins/nouveau").text
    assert "2 personnes" in site.visitor().get(TREGOR).text
    assert nina.post(f"/mon-espace/organisations/{asked}", {"verb": "accept"}).status_code == 409


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(site: Site) -> None:
    delegate = site.signed_in("association")
    pages = [
        delegate.post(f"{TREGOR}/delegues", {"email": e}) for e in ("resident@demo.emglev.example", "n@exemple.fr")
    ]
    assert all("Invitation envoyée" in page.text and page.status_code == 200 for page in pages)
    again = delegate.post(f"{TREGOR}/delegues", {"email": "n@exemple.fr"})
    assert again.status_code == 422 and "déjà invitée" in again.text


def test_an_invitation_is_declined_or_cancelled_once(site: Site) -> None:
    delegate = site.signed_in("association")
    for email in ("un@exemple.fr", "deux@exemple.fr"):
        delegate.post(f"{TREGOR}/delegues", {"email": email})
    one, two = (delegate_id(site, "tregor-a-velo", e) for e in ("un@exemple.fr", "deux@exemple.fr"))
    someone(site, "un@exemple.fr").post(f"/mon-espace/organisations/{one}", {"verb": "decline"})
    delegate.post(f"{TREGOR}/delegues/{two}", {"verb": "cancel"})
    assert mandates(site, "tregor-a-velo")[1:] == [("un@exemple.fr", "declined"), ("deux@exemple.fr", "cancelled")]
    late = someone(site, "deux@exemple.fr").post(f"/mon-espace/organisations/{two}", {"verb": "accept"})
    assert late.status_code == 404
    assert delegate.post(f"{TREGOR}/delegues/{one}", {"verb": "end"}).status_code == 409


def test_the_last_delegate_replaces_themselves_before_leaving(site: Site) -> None:
    first, mine = site.signed_in("association"), delegate_id(site, "tregor-a-velo", "association@demo.emglev.example")
    stuck = first.post(f"/mon-espace/organisations/{mine}", {"verb": "end"})
    assert stuck.status_code == 409 and "invitez d’abord" in stuck.text
    first.post(f"{TREGOR}/delegues", {"email": "relais@exemple.fr"})
    asked = delegate_id(site, "tregor-a-velo", "relais@exemple.fr")
    second = someone(site, "relais@exemple.fr")
    second.post(f"/mon-espace/organisations/{asked}", {"verb": "accept"})
    second.post(f"{TREGOR}/delegues/{mine}", {"verb": "end"})
    assert mandates(site, "tregor-a-velo") == [
        ("association@demo.emglev.example", "ended"), ("relais@exemple.fr", "accepted"),
    ]  # fmt: skip
    assert "Vous ne parlez plus" in site.mails("association@demo.emglev.example")[-1].subject
    assert first.get(f"{TREGOR}/gerer").status_code == 403


def test_another_organisation_s_mandates_are_out_of_reach(site: Site) -> None:
    theirs = delegate_id(site, "jeunes-en-finistere", "youth@demo.emglev.example")
    delegate = site.signed_in("association")
    assert delegate.post(f"{TREGOR}/delegues/{theirs}", {"verb": "end"}).status_code == 404
    assert delegate.post("/organisations/jeunes-en-finistere/delegues", {"email": "a@b.fr"}).status_code == 403
    assert delegate.get("/organisations/jeunes-en-finistere/delegues").status_code == 403
    assert delegate.post(f"/mon-espace/organisations/{theirs}", {"verb": "end"}).status_code == 404


def test_a_closed_page_stays_readable_and_every_mandate_ends(site: Site) -> None:
    delegate = site.signed_in("association")
    delegate.post(f"{TREGOR}/delegues", {"email": "tard@exemple.fr"})
    assert delegate.get(f"{TREGOR}/fermeture").status_code == 200
    delegate.post(f"{TREGOR}/fermeture")
    assert {status for _email, status in mandates(site, "tregor-a-velo")} == {"ended", "cancelled"}
    assert "Cette page est fermée" in site.visitor().get(TREGOR).text
    assert "Au nom de" not in delegate.get("/besoins/nouveau").text
    assert delegate.post(f"{TREGOR}/fermeture").status_code == 403


def test_an_administrator_appoints_somebody_where_nobody_is_left(site: Site) -> None:
    with site.writing() as db:
        mandate = db.exec(select(Delegate).join(Organisation).where(Organisation.slug == "tregor-a-velo")).one()
        mandate.status = "ended"
        db.add(mandate)
    moderator, boss = site.signed_in("moderator"), site.signed_in("administrator")
    assert moderator.post(f"{TREGOR}/nomination", {"email": "relais@exemple.fr"}).status_code == 403
    assert "Plus personne ne parle" in boss.get(f"{TREGOR}/verification").text
    boss.post(f"{TREGOR}/nomination", {"email": "relais@exemple.fr"})
    asked = delegate_id(site, "tregor-a-velo", "relais@exemple.fr")
    someone(site, "relais@exemple.fr").post(f"/mon-espace/organisations/{asked}", {"verb": "accept"})
    again = boss.post(f"{TREGOR}/nomination", {"email": "autre@exemple.fr"})
    assert again.status_code == 422 and "c’est à elle d’inviter" in again.text


def test_two_delegates_who_leave_at_the_same_moment_do_not_both_leave(site: Site) -> None:
    first = site.signed_in("association")
    first.post(f"{TREGOR}/delegues", {"email": "relais@exemple.fr"})
    asked = delegate_id(site, "tregor-a-velo", "relais@exemple.fr")
    second = someone(site, "relais@exemple.fr")
    second.post(f"/mon-espace/organisations/{asked}", {"verb": "accept"})
    mine = delegate_id(site, "tregor-a-velo", "association@demo.emglev.example")
    ways = [(first, f"/mon-espace/organisations/{mine}"), (second, f"/mon-espace/organisations/{asked}")]
    answers = at_once(site, [(visitor, path, {"verb": "end"}) for visitor, path in ways])
    assert sorted(answers) == [303, 409]
    assert sorted(status for _email, status in mandates(site, "tregor-a-velo")) == ["accepted", "ended"]


def test_an_invitation_sent_several_times_at_once_is_one(site: Site) -> None:
    delegate = site.signed_in("association")
    answers = at_once(site, [(delegate, f"{TREGOR}/delegues", {"email": "relais@exemple.fr"})] * 4)
    assert sorted(answers) == [303, 422, 422, 422]
    assert len(site.mails("relais@exemple.fr")) == 1
