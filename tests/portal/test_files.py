"""What becomes of one's photos: with one's account, in one's copy, when their time has come, in the demonstration."""

import os
import threading
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

from sqlmodel import Session, col, select, update

from app import seed
from app.core import files as store
from app.core.db import now
from app.core.machine import Event
from app.identity.models import Person
from app.needs.models import Need
from app.portal.service import contributions, retention
from app.portal.states import RULE
from app.threads.forms import Chosen
from app.threads.models import File
from app.threads.queries import files as queries
from app.threads.service import files as verbs
from tests.site import Site
from tests.threads.sendings import ALT, photo


def joined(site: Site, *, other: bool = False) -> File:
    """A published photo, on a published need of the resident of the demonstration, or of somebody else."""
    chosen = Chosen(store.check("plage.jpg", photo()), ALT)
    with site.writing() as db:
        file = verbs.attach(db, _need(db, other=other), [chosen], a_posteriori=True)[0]
        return file


def _need(db: Session, *, other: bool = False) -> Need:
    resident = select(Person.id).where(Person.demo_persona == "resident").scalar_subquery()
    who = (col(Need.author_id) != resident) if other else (col(Need.author_id) == resident)
    mine = select(Need).where(who, Need.status == "published", col(Need.organisation_id).is_(None))
    return db.exec(mine.order_by(col(Need.id)).limit(1)).one()


def now_of(site: Site, file: File) -> File:
    with site.reading() as db:
        return db.get_one(File, file.id)


def path_of(file: File) -> str:
    return f"/fichiers/{file.id}-{file.slug}"


def test_closed_with_ones_words_an_account_hides_its_photos_and_brings_them_back(site: Site) -> None:
    file = joined(site)
    with site.writing() as db:
        contributions.withdraw(db, file.author_id or 0)
    assert now_of(site, file).status == "withdrawn" and store.place(file.digest).is_file()
    assert site.visitor().get(path_of(file)).status_code == 404
    with site.writing() as db:
        contributions.put_back(db, file.author_id or 0)
    assert site.visitor().get(path_of(file)).status_code == 200


def test_erased_with_ones_words_their_bytes_go_too(site: Site) -> None:
    file = joined(site)
    with site.writing() as db:
        contributions.erase(db, file.author_id or 0)
    site.mails()  # the jobs ran
    left = now_of(site, file)
    assert (left.name, left.alt, left.digest, left.size) == ("Fichier effacé", "Fichier effacé", "", 0)
    assert not store.place(file.digest).exists() and not store.preview_of(store.place(file.digest)).exists()


def test_the_photo_of_somebody_else_is_not_erased_with_its_twin(site: Site) -> None:
    mine, theirs = joined(site), joined(site, other=True)
    assert mine.digest == theirs.digest and mine.thread_id != theirs.thread_id
    with site.writing() as db:
        contributions.erase(db, mine.author_id or 0)
    site.mails()
    assert site.visitor().get(path_of(theirs)).status_code == 200


def test_what_a_technician_joins_to_a_fiche_stays_when_they_leave(site: Site) -> None:
    with site.writing() as db:
        technician = db.exec(select(Person.id).where(Person.demo_persona == "technician")).one()
        assert queries.sent_by(db, technician or 0)
        contributions.erase(db, technician or 0)
        assert queries.sent_by(db, technician or 0)


def test_the_copy_of_ones_data_holds_ones_photos(site: Site) -> None:
    file = joined(site)
    packed = site.signed_in("resident").post("/mon-espace/donnees/copie").content
    with ZipFile(BytesIO(packed)) as archive:
        assert archive.read(f"fichiers/{file.id}-plage.jpg") == store.place(file.digest).read_bytes()


def test_refused_long_ago_its_bytes_go(site: Site) -> None:
    file = joined(site)
    days = timedelta(days=RULE["unseen_files"].days)
    with site.writing() as db:
        held = db.get_one(File, file.id)
        verbs.MODERATION.move(db, held, "hide", by=1)
    soon, later = now() + days - timedelta(hours=1), now() + days + timedelta(hours=1)
    retention.purge(site.database, moment=soon)
    assert now_of(site, file).digest == file.digest
    retention.purge(site.database, moment=later)
    site.mails()
    assert now_of(site, file).digest == "" and not store.place(file.digest).exists()


def test_of_a_need_withdrawn_long_ago_too(site: Site) -> None:
    file = joined(site)
    with site.writing() as db:
        db.execute(update(Need).where(col(Need.thread_id) == file.thread_id).values(status="withdrawn"))
        db.execute(update(Event).values(at=now() - timedelta(days=RULE["unseen_files"].days + 1)))
    retention.purge(site.database)
    assert now_of(site, file).digest == ""


def test_what_a_dead_process_left_is_swept_and_nothing_else(site: Site) -> None:
    file = joined(site)
    kept, lost = store.place(file.digest), store.check("perdue.png", photo("PNG"))
    store.keep(lost)
    half = kept.with_name(f".{kept.name}.123")
    half.write_bytes(b"half")
    assert verbs.sweep(site.database) == 0  # somebody may be writing them
    yesterday = (now() - timedelta(days=2)).timestamp()
    for path in (kept, half, store.place(lost.digest), store.preview_of(store.place(lost.digest))):
        os.utime(path, (yesterday, yesterday))
    assert verbs.sweep(site.database) == 3
    assert kept.is_file() and not half.exists() and not store.place(lost.digest).exists()


def test_erasing_and_sending_the_same_photo_at_once_loses_no_bytes(site: Site) -> None:
    """A row never points to bytes that have gone, whoever is first."""
    for turn in range(6):
        chosen = Chosen(store.check(f"{turn}.jpg", photo(colour=f"#00{turn}0a0")), ALT)
        with site.writing() as db:
            first = verbs.attach(db, _need(db), [chosen], a_posteriori=True)[0]
        with site.writing() as db:
            verbs.withdraw_file(db, db.get_one(File, first.id), by=1)
        together = threading.Barrier(2)

        def send(chosen: Chosen = chosen, together: threading.Barrier = together) -> None:
            together.wait(timeout=30)
            with site.database.writing() as db:
                verbs.attach(db, _need(db, other=True), [chosen], a_posteriori=True)

        thread = threading.Thread(target=send)
        thread.start()
        together.wait(timeout=30)
        site.mails()
        thread.join(timeout=30)
        assert store.place(chosen.ready.digest).is_file()
        with site.writing() as db:
            for sent in queries.sent_with(db, [_need(db, other=True).thread_id]):
                verbs.withdraw_file(db, sent, by=1)
        site.mails()
        assert not store.place(chosen.ready.digest).exists()


def test_the_demonstration_begun_again_keeps_no_photo_of_before(site: Site) -> None:
    file = joined(site)
    with site.writing() as db:
        seed.reset(db)
    site.mails()
    assert not store.place(file.digest).exists()
    with site.reading() as db:
        assert all(store.place(digest).is_file() for digest in queries.digests(db))
