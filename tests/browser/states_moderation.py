"""What is read, reported, contested, grouped and followed, in every state that somebody may meet."""

import re

from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.acts import send_empty
from tests.browser.readings import NOTICED, NOTICED_TEXT
from tests.browser.state import State as S
from tests.browser.visitor import Visitor

REPORT = "Le texte désigne une voisine, que tout le bourg reconnaît."
NOT_A_PHOTO = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"ceci n'est pas une photo"}


def ready(visitor: Visitor) -> None:
    """Wait until the keys act."""
    expect(visitor.page.locator("[data-shortcuts=on]")).to_be_visible()


def _mask_without_rule(visitor: Visitor) -> None:
    ready(visitor)
    visitor.page.keyboard.press("m")
    expect(visitor.page.get_by_role("radio", name="Publier en masquant")).to_be_checked()
    send_empty("Envoyer et continuer")(visitor)


def _tick_all(visitor: Visitor) -> None:
    ready(visitor)
    visitor.page.keyboard.press("a")
    expect(visitor.page.get_by_role("button", name="Appliquer aux contributions cochées")).to_be_visible()


def _publish(visitor: Visitor) -> None:
    visitor.page.get_by_role("radio", name="Publier tel quel").check()
    visitor.press("Envoyer et continuer")


def _watch(visitor: Visitor) -> None:
    visitor.follow(visitor.page.get_by_role("button", name=re.compile("de la liste proposée")))
    acts.unfold(visitor)


def report(visitor: Visitor) -> None:
    """Report what is on screen, without a name."""
    visitor.page.get_by_role("radio", name="Vise une personne reconnaissable").check()
    visitor.page.get_by_label("Vos explications").fill(REPORT)
    visitor.page.get_by_role("checkbox", name=re.compile("bonne foi")).check()
    visitor.press("Envoyer le signalement")


def _correct_badly(visitor: Visitor) -> None:
    visitor.go(f"/suivi/{acts.say(visitor)}")
    acts.unfold(visitor)
    visitor.page.locator("#corriger").get_by_label("En une phrase").fill("Court")
    send_empty("Enregistrer la correction")(visitor)
    acts.unfold(visitor)


def _join_nonsense(visitor: Visitor) -> None:
    page = visitor.go(f"/suivi/{acts.say(visitor)}/fichiers")
    page.get_by_label("Photo ou document", exact=True).set_input_files(NOT_A_PHOTO)  # type: ignore[arg-type]
    send_empty("Envoyer ce fichier")(visitor)


def neighbours(visitor: Visitor) -> None:
    """Type what somebody said already, until it is shown."""
    page = visitor.page
    page.get_by_label("En une phrase").fill(NOTICED)
    page.get_by_label("Une situation vécue").fill(NOTICED_TEXT)
    expect(page.locator("#voisins")).to_be_visible()


def _say_also(visitor: Visitor) -> None:
    neighbours(visitor)
    visitor.follow(visitor.page.locator("#voisins").get_by_role("button", name="C’est aussi mon besoin").first)


def _not_seen(visitor: Visitor) -> None:
    """Send before the neighbours could be shown."""
    page = visitor.page
    page.evaluate("document.getElementById('need_neighbours').remove()")
    acts.fill_need(page, NOTICED)
    page.get_by_label("Une situation vécue").fill(NOTICED_TEXT)
    visitor.press("Envoyer mon besoin")


def place(visitor: Visitor) -> None:
    """Choose a spot, and wait for its map."""
    visitor.page.get_by_role("radio", name="Un endroit précis").check()
    visitor.page.get_by_role("application", name="Sur la carte").scroll_into_view_if_needed()
    expect(visitor.page.locator(".leaflet-container .pointing__land").first).to_be_attached()


def _photo_refused(visitor: Visitor) -> None:
    acts.unfold(visitor)
    page = visitor.page
    page.get_by_role("radio", name="Un endroit précis").check()
    page.get_by_label("Latitude").fill("48,5776")
    page.get_by_label("Longitude").fill("-3,8279")
    page.get_by_label("Photo ou document").first.set_input_files(NOT_A_PHOTO)  # type: ignore[arg-type]
    send_empty("Envoyer mon besoin")(visitor)
    place(visitor)


def _uncited(visitor: Visitor) -> None:
    visitor.page.get_by_label("Ce qu’ils disent ensemble").fill("Une phrase que rien n’appuie.")
    send_empty("Enregistrer le texte")(visitor)


GROUP, TRACKED = "/besoins-partages/{group}", "/suivi/{grouped_code}"
READING = [
    S("moderation, masked without a rule", "/moderation/besoin/{noticed}", "moderator", 422, _mask_without_rule),
    S("moderation, several ticked", "/moderation", "moderator", act=_tick_all),
    S("moderation, undo offered", "/moderation/besoin/{spare}", "moderator", act=_publish),
    S("moderation of a report", "/moderation/signalement/{report}", "moderator", act=acts.unfold),
    S("moderation of an appeal, reasons missing", "/moderation/recours/{appeal}", "second_moderator", 422,
      send_empty("Envoyer et continuer")),
    S("moderation of a photo", "/moderation/photo/{photo}", "moderator", act=acts.unfold),
    S("moderation of a pseudonym", "/moderation/profil/{pseudonym}", "moderator"),
    S("log of the readings", "/moderation/journal", "moderator"),
    S("watched words", "/moderation/mots", "moderator", act=_watch),
    S("settings of the readings", "/moderation/reglages/{home}", "technician"),
    S("yearly figures", "/moderation/bilan"),
    S("something reported badly", "/signaler/besoin/{waiting}", status=422, act=send_empty("Envoyer le signalement")),
    S("something reported", "/signaler/besoin/{waiting}", act=report),
]  # fmt: skip
AUTHORS = [
    S("tracking, correction refused", "/besoins/nouveau", status=422, act=_correct_badly),
    S("tracking, contest refused", "/suivi/{refused_code}", status=422, act=send_empty("Envoyer ma contestation")),
    S("tracking, leaving a group refused", TRACKED, status=422, act=send_empty("Demander à sortir du groupe")),
    S("tracking, file refused", "/besoins/nouveau", status=422, act=_join_nonsense),
    S("need with its group, a photo and a place", "/besoins/{shown}", act=acts.unfold),
    S("new need, neighbours found", "/besoins/nouveau", act=neighbours),
    S("new need, said by others before", "/besoins/nouveau", status=422, act=_not_seen),
    S("new need, a voice for one said before", "/besoins/nouveau", act=_say_also),
    S("new need, photo refused, a point on the map", "/besoins/nouveau", status=422, act=_photo_refused),
]
GROUPS = [
    S("group for who edits it", GROUP, "technician", act=acts.unfold),
    S("group edited, a sentence that cites nothing", f"{GROUP}/modifier", "technician", 422, _uncited),
    S("needs to group", "/besoins/{waiting}/regroupement", "technician"),
    S("groups", "/besoins-partages"),
    S("answers to give", "/reponses", "technician"),
    S("pages followed", "/mon-espace/suivis", "resident"),
    S("unsubscribing", "/desabonnement/{token}"),
]
MODERATION = READING + AUTHORS + GROUPS
