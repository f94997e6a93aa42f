"""The ``emglev`` command."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn
from alembic import command
from alembic.config import Config
from uvicorn.supervisors import Multiprocess

from app import seed as seeds
from app import worker as workers
from app.board import queries as board
from app.core import live
from app.core.db import Database, now
from app.core.i18n import today
from app.core.listening import Reserved
from app.core.mail import send_again
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity.forms import plain_email
from app.identity.queries import roles as mandates
from app.identity.service import roles, second_factor
from app.moderation.queries import log as moderation_log
from app.places import service as places
from app.policy.actor import in_force
from app.portal.queries import mails as posting
from app.portal.queries import retention
from app.portal.service import retention as retaining
from app.portal.states import RULES
from app.threads.service import files
from app.workshops import counting

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Emglev : commandes d’administration.")


class Server(uvicorn.Server):
    """Ends the live streams as soon as it is told to stop, so that stopping takes no time."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Close the streams, then stop as usual."""
        live.close_all()
        super().handle_exit(sig, frame)


@contextmanager
def _database() -> Iterator[Database]:
    """The database of the settings, closed when the command is done."""
    database = Database(get_settings().effective_database_url, slots=2)
    try:
        yield database
    finally:
        database.dispose()


def _alembic() -> Config:
    return Config("alembic.ini")


@app.command()
def serve(
    host: str = "127.0.0.1", port: int = 8000, workers_count: Annotated[int, typer.Option("--workers")] = 1
) -> None:
    """Serve the site. More than one process needs PostgreSQL."""
    settings = get_settings()
    if workers_count > 1 and settings.effective_database_url.startswith("sqlite"):
        raise typer.BadParameter("SQLite sert un seul processus. Réglez EMGLEV_DATABASE_URL sur PostgreSQL.")
    typer.echo(f"Emglev est prêt : {settings.public_url}")
    options: dict[str, Any] = {
        "factory": True, "host": host, "port": port, "access_log": False, "log_level": "warning",
        "proxy_headers": True, "forwarded_allow_ips": settings.trusted_proxy, "timeout_graceful_shutdown": 5,
        "backlog": 4096, "server_header": False,
    }  # fmt: skip
    if workers_count > 1:
        try:
            door = Reserved(host, port)
        except OSError as error:
            raise typer.BadParameter(f"{host}:{port} ne peut pas être ouvert : {error.strerror}.") from error
        with door:
            Multiprocess(uvicorn.Config("app.main:create_app", workers=workers_count, **options), sockets=[door]).run()
    else:
        Server(uvicorn.Config("app.main:create_app", **options)).run()


@app.command()
def worker() -> None:
    """Send mails and do other deferred work, beside a server that does not."""
    workers.main()


@app.command()
def migrate() -> None:
    """Bring the database to the present version and load the official geography."""
    Path(get_settings().var_dir).mkdir(parents=True, exist_ok=True)
    command.upgrade(_alembic(), "head")
    with _database() as database, database.writing() as db:
        communes = places.load_reference(db)
    typer.echo(f"Base à jour, {communes} communes.")


@app.command()
def seed(demo: bool = False, if_empty: bool = False) -> None:
    """Load the demonstration: invented people and contributions, real territories."""
    if not demo:
        raise typer.BadParameter("Rien à charger : ajoutez --demo.")
    if not get_settings().demo:
        raise typer.BadParameter("Les personnes inventées n’ont de place que si EMGLEV_DEMO=true.")
    with _database() as database, database.writing() as db:
        if if_empty and not seeds.is_empty(db):
            typer.echo("Données déjà présentes, gardées.")
            return
        typer.echo(f"{seeds.load(db)} besoins de démonstration.")


@app.command()
def create_admin(email: str, reason: str = roles.BY_COMMAND) -> None:
    """Give a person the administration of the whole département: the first one, or the next when nobody is left."""
    try:
        address = plain_email(email)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong
    with _database() as database, database.writing() as db:
        granted = roles.appoint_administrator(db, address, reason=reason[:300])
        total = sum(in_force(role, today()) for role in mandates.administrators(db))
    typer.echo("Administration accordée." if granted else "Cette personne administrait déjà le site.")
    typer.echo(f"{total} personne(s) administrent tout le Finistère. Connexion : {get_settings().public_url}/connexion")


@app.command()
def lift_second_factor(email: str) -> None:
    """Let a person who lost their passkeys and recovery codes sign in again; they are told by mail."""
    with _database() as database, database.writing() as db:
        person = people.person_by_email(db, email)
        if person is None:
            raise typer.BadParameter("Aucun compte n’a cette adresse.")
        keys = second_factor.lift(db, person, by=None, reason="Demande traitée par l’équipe du site.")
    typer.echo(f"{keys} clé(s) retirée(s), toutes les connexions fermées, un message envoyé.")


@app.command()
def recount_counters() -> None:
    """Compare the board's counters with a recount from the records; exit 1 on any difference."""
    with _database() as database, database.reading() as db:
        kept, true = board.counted(db), board.recounted(db)
    wrong = {key for key in kept.keys() | true.keys() if kept.get(key) != true.get(key)}
    for key in sorted(wrong):
        typer.echo(f"priorité {key[0]}, {key[1]} : compteur {kept.get(key)}, recompté {true.get(key)}")
    typer.echo(f"{len(true)} cases recomptées, {len(wrong)} écart(s).")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def recount_ballots(ballots: Path, method: Path) -> None:
    """Count a published vote again from its two files alone: bulletins.csv and methode.json."""
    try:
        rules = counting.from_json(json.loads(method.read_text("utf-8")))
        result = counting.recounted(rules, counting.read_ballots(rules, ballots.read_text("utf-8")))
    except FileNotFoundError as missing:
        raise typer.BadParameter(f"Aucun fichier ici : {missing.filename}") from missing
    except (counting.UnreadableFileError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as wrong:
        raise typer.BadParameter(f"Ces fichiers ne se recomptent pas. {wrong}") from wrong
    for line in counting.printed(rules, result):
        typer.echo(line)


@app.command()
def verify_log() -> None:
    """Compute the chain of the moderation log again; exit 1 and name the first entry that breaks it."""
    with _database() as database, database.reading() as db:
        found = moderation_log.check(db)
    if found.broken is not None:
        typer.echo(f"Rompu à l’entrée {found.broken} : elle, ou celle d’avant, a été changée, ajoutée ou ôtée.")
        raise typer.Exit(1)
    typer.echo(f"{found.total} entrées, chaîne entière. Dernière empreinte : {found.last}")


@app.command()
def mails(again: bool = False) -> None:
    """Say how many mails wait and how many could not be given; --again tries these once more."""
    with _database() as database:
        with database.reading() as db:
            state, dead = posting.post(db), posting.dead_ones(db)
        typer.echo(
            f"{state.waiting} en route, dont {state.late} depuis plus d’un quart d’heure. {state.dead} non remis."
        )
        for mail in dead:
            typer.echo(f"{mail.written_at:%Y-%m-%d %H:%M}  {mail.to}  {mail.said}")
        if again:
            with database.writing() as db:
                typer.echo(f"{send_again(db)} repartent.")


@app.command()
def purge(dry_run: bool = False) -> None:
    """Apply the rules of retention; --dry-run only counts what they would change."""
    with _database() as database:
        if dry_run:
            with database.reading() as db:
                numbers = retention.counts(db, now())
        else:
            numbers = retaining.purge(database)
            lost = files.sweep(database)
            typer.echo(f"{lost:>6}  Fichiers que plus rien ne cite, effacés")
    for rule in RULES:
        typer.echo(f"{numbers[rule.key]:>6}  {rule.what} ({rule.delay} après {rule.since})")
    typer.echo("Rien n’a changé : c’était un essai." if dry_run else "Purge faite.")


def _restore_sqlite(source: Path, target: Path) -> None:
    """Copy a sound backup over the database, whose last state is kept beside it."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as copy:
        sound = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master")}
        if not sound or "alembic_version" not in tables:
            raise typer.BadParameter("Ce fichier n’est pas une copie d’Emglev, ou il est abîmé. Rien n’a changé.")
        if target.exists():
            with sqlite3.connect(target) as present, sqlite3.connect(f"{target}.avant-restauration") as kept:
                present.backup(kept)
        with sqlite3.connect(target) as replaced:
            copy.backup(replaced)


def _libpq(url: str) -> str:
    """The address as PostgreSQL's own tools read it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@app.command()
def backup(target: Path) -> None:
    """Write a consistent copy of the database while the site runs."""
    url = get_settings().effective_database_url
    if url.startswith("sqlite"):
        present = url.removeprefix("sqlite:///")
        if not Path(present).is_file():
            raise typer.BadParameter("Il n’y a pas encore de base à copier.")
        target.touch(mode=0o600)
        with sqlite3.connect(present) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
    else:
        subprocess.run(["pg_dump", "--format=custom", f"--file={target}", _libpq(url)], check=True)
    typer.echo(f"Copie écrite : {target}")


@app.command()
def restore(source: Path, yes: bool = False) -> None:
    """Replace the database by a copy; stop the site first."""
    if not yes:
        raise typer.BadParameter("La base actuelle sera remplacée : ajoutez --yes.")
    url = get_settings().effective_database_url
    if not source.is_file():
        raise typer.BadParameter(f"Aucun fichier ici : {source}")
    if url.startswith("sqlite"):
        _restore_sqlite(source, Path(url.removeprefix("sqlite:///")))
    else:
        subprocess.run(["pg_restore", "--clean", "--if-exists", f"--dbname={_libpq(url)}", str(source)], check=True)
    typer.echo("Base restaurée.")


def main() -> None:
    """Entry point of the ``emglev`` script."""
    sys.exit(app())
