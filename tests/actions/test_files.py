"""Photos and documents of a fiche-action: added by its technicians, read at once, told in its history."""

from sqlmodel import select

from app.core import files as store
from app.core.machine import Event
from app.threads.models import File
from tests.actions.cast import a_sheet, get, sign_in_elsewhere
from tests.site import Site
from tests.threads.sendings import ALT, pdf, photo


def files_of(site: Site, ref: str) -> list[File]:
    with site.reading() as db:
        return list(db.exec(select(File).where(File.thread_id == get(site, ref).thread_id)))


def test_a_technician_joins_a_document_that_all_read_at_once(site: Site) -> None:
    ref = a_sheet(site)
    visitor = site.signed_in("technician")
    sent = visitor.post(f"/fiches-actions/{ref}/fichiers", {"alt_0": ALT}, files=[("file_0", ("plan.pdf", pdf()))])
    assert "Fichier joint à la fiche" in sent.text
    (file,) = files_of(site, ref)
    assert file.status == "published"
    page = site.visitor().get(f"/fiches-actions/{ref}").text
    assert ALT in page and "Fichier joint" in page
    assert site.visitor().get(f"/fichiers/{file.id}-{file.slug}").headers["content-type"] == "application/pdf"
    again = visitor.post(f"/fiches-actions/{ref}/fichiers", {"alt_0": ALT}, files=[("file_0", ("b.pdf", pdf()))])
    assert again.status_code == 200 and len(files_of(site, ref)) == 1


def test_taken_away_it_is_gone_and_said(site: Site) -> None:
    ref = a_sheet(site)
    visitor = site.signed_in("technician")
    visitor.post(f"/fiches-actions/{ref}/fichiers", {"alt_0": ALT}, files=[("file_0", ("a.jpg", photo()))])
    (file,) = files_of(site, ref)
    assert "Fichier enlevé" in visitor.post(f"/fiches-actions/{ref}/fichiers/{file.id}/retrait").text
    site.mails()  # the jobs ran
    assert not store.place(file.digest).exists()
    assert site.visitor().get(f"/fichiers/{file.id}-{file.slug}").status_code == 404
    assert visitor.post(f"/fiches-actions/{ref}/fichiers/{file.id}/retrait").status_code == 404
    with site.reading() as db:
        said = select(Event.verb).where(Event.subject_kind == "action_sheet", Event.subject_id == get(site, ref).id)
        assert list(db.exec(said))[-2:] == ["add_file", "remove_file"]


def test_nobody_else_joins_anything(site: Site) -> None:
    ref = a_sheet(site)
    path = f"/fiches-actions/{ref}/fichiers"
    for visitor in (site.visitor(), site.signed_in("resident"), sign_in_elsewhere(site)):
        sent = visitor.post(path, {"alt_0": ALT}, files=[("file_0", ("a.jpg", photo()))])
        assert sent.status_code == 403
    assert not files_of(site, ref)


def test_the_file_of_a_fiche_not_yet_published_is_for_its_technicians(site: Site) -> None:
    ref = a_sheet(site, published=False)
    visitor = site.signed_in("technician")
    visitor.post(f"/fiches-actions/{ref}/fichiers", {"alt_0": ALT}, files=[("file_0", ("a.jpg", photo()))])
    (file,) = files_of(site, ref)
    path = f"/fichiers/{file.id}-{file.slug}"
    assert visitor.get(path).status_code == 200 and site.visitor().get(path).status_code == 404


def test_a_refused_file_is_said_beside_its_field(site: Site) -> None:
    ref = a_sheet(site)
    visitor = site.signed_in("technician")
    path = f"/fiches-actions/{ref}/fichiers"
    assert "Choisissez un fichier" in visitor.post(path).text
    office = visitor.post(path, {"alt_0": ALT}, files=[("file_0", ("plan.docx", b"PK\x03\x04" + bytes(40)))])
    assert office.status_code == 422 and "Enregistrez ce document en PDF" in office.text and ALT in office.text
    assert visitor.get(path).url.path == f"/fiches-actions/{ref}"
    for n in range(4):
        visitor.post(path, {"alt_0": ALT}, files=[("file_0", (f"{n}.png", photo("PNG", colour=f"#00000{n}")))])
    fifth = visitor.post(path, {"alt_0": ALT}, files=[("file_0", ("5.png", photo("PNG")))])
    assert fifth.status_code == 422 and "Il y a déjà 4 fichiers" in fifth.text
    assert "Joindre à la fiche" not in visitor.get(f"/fiches-actions/{ref}").text


def test_the_file_of_a_need_is_not_taken_away_from_a_fiche(site: Site) -> None:
    ref = a_sheet(site)
    with site.reading() as db:
        other = db.exec(select(File).where(File.status == "published")).first()
    assert other
    gone = site.signed_in("technician").post(f"/fiches-actions/{ref}/fichiers/{other.id}/retrait")
    assert gone.status_code == 404 and store.place(other.digest).is_file()
