"""Fiches-actions in every state that somebody may meet."""

from tests.browser import acts
from tests.browser.acts import lenient, send_empty
from tests.browser.state import State as S
from tests.browser.visitor import Visitor

CAREFUL = "perig@exemple.fr"


def _next_page(visitor: Visitor) -> None:
    visitor.go(visitor.page.get_by_role("link", name="Fiches suivantes").get_attribute("href") or "")


def _take_position(visitor: Visitor) -> None:
    assert visitor.post(f"{visitor.path}/positions", stance="nuance") == 200
    visitor.page.reload()


def _open_position(visitor: Visitor) -> None:
    acts.unfold(visitor)
    box = visitor.page.locator("#position")
    box.get_by_role("radio", name="Pour", exact=False).first.check()
    box.get_by_role("radio", name="Jeunes").check()
    box.get_by_label("Votre adresse e-mail").fill(CAREFUL)
    visitor.press("Donner ma position")
    visitor.go(acts.mail_to(visitor, CAREFUL))


def _answer_nothing(visitor: Visitor) -> None:
    acts.unfold(visitor)
    lenient(visitor.page)
    visitor.follow(visitor.page.get_by_role("button", name="Publier la réponse").first)


def _link_nothing(visitor: Visitor) -> None:
    visitor.page.get_by_label("Rattacher des besoins").fill("ML-0000")
    visitor.press("Rattacher")


def _write_badly(visitor: Visitor) -> None:
    visitor.page.get_by_label("Intitulé").fill("Court")
    visitor.page.get_by_label("Montant (€), ligne 2").fill("beaucoup")
    send_empty("Enregistrer")(visitor)


def _write_late(visitor: Visitor) -> None:
    visitor.page.get_by_label("Objectifs").fill("Que chacun puisse rentrer le soir, sauf le dimanche.")
    visitor.page.get_by_label("Financeur, ligne 6").fill("Une fondation")
    visitor.page.get_by_label("Montant (€), ligne 6").fill("12 000")
    visitor.page.locator("input[name=edited]").evaluate("field => { field.value = '99'; }")
    visitor.press("Enregistrer")


SHEET, WRITING = "/fiches-actions/{sheet}", "/fiches-actions/{sheet}/redaction"
NARROW = "/fiches-actions?q=navette&territoire={home}&theme=mobilites&etat=en-debat&tri=titre"
SHEETS = [
    S("fiches", "/fiches-actions"),
    S("fiches, second page", "/fiches-actions", act=_next_page),
    S("fiches, every filter", NARROW, act=acts.unfold),
    S("fiches, nothing found", "/fiches-actions?q=zzzzzz"),
    S("fiches, none in a territory", "/fiches-actions?territoire={silent_territory}"),
    S("fiche, forms unfolded", SHEET, act=acts.unfold),
    S("fiche whose calendar is closed", "/fiches-actions/{undebated}"),
    S("fiche, redirected", "/fiches-actions/{left}"),
    S("fiche, project", "/fiches-actions/{project}"),
    S("fiche, signed in, a position", SHEET, "association", act=_take_position),
    S("fiche, comment waiting", SHEET, "association", act=acts.comment),
    S("fiche, position refused", SHEET, status=422, act=send_empty("Donner ma position")),
    S("fiche, position to confirm", SHEET, act=_open_position),
    S("fiche, comment refused", SHEET, status=422, act=send_empty("Envoyer en relecture")),
    S("fiche for its technician", SHEET, "technician", act=acts.unfold),
    S("fiche not published, for its technician", "/fiches-actions/{idea}", "technician", act=acts.unfold),
    S("fiche, exit refused", SHEET, "technician", 422, send_empty("L’orienter vers une autre politique")),
    S("fiche, need refused", SHEET, "technician", 422, _link_nothing),
    S("fiche, official answer refused", SHEET, "technician", 422, _answer_nothing),
    S("new fiche from a need", "/fiches-actions/nouvelle?besoin={waiting}&priorite={priority}", "technician"),
    S("new fiche refused", "/fiches-actions/nouvelle", "technician", 422, send_empty("Commencer la fiche")),
    S("fiche being written", WRITING, "technician"),
    S("fiche being written, refused", WRITING, "technician", 422, _write_badly),
    S("fiche being written, stale", WRITING, "technician", 409, _write_late),
    S("two versions of a fiche", f"{SHEET}/versions"),
    S("a version of a fiche", f"{SHEET}/versions/1"),
    S("moderation of a comment on a fiche", "/moderation/commentaire/{sheet_comment}", "moderator"),
]
