"""Every page in every state that somebody may meet: what the checks of accessibility and HTML walk through."""

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from app.core.db import Database
from app.places import service as places
from tests.browser import acts
from tests.browser.acts import send_empty
from tests.browser.facts import Facts, gather, prepare, spoil
from tests.browser.server import Server, serve
from tests.browser.state import State
from tests.browser.states_intake import INTAKE
from tests.browser.states_moderation import MODERATION
from tests.browser.states_people import PEOPLE
from tests.browser.states_rooms import ROOMS
from tests.browser.states_sheets import SHEETS
from tests.browser.states_workshop import WORKSHOP
from tests.browser.visitor import Visitor
from tests.databases import Engine, migrate


class Sites:
    """Servers of four kinds, started when first needed."""

    def __init__(self, engine: Engine, folder: Path, stack: ExitStack) -> None:
        self.engine, self.folder, self.stack = engine, folder, stack
        self.opened: dict[str, Server] = {}

    def server(self, kind: str) -> Server:
        """``seeded``: the demonstration; ``bare``: nothing said yet; ``broken``: nonsense kept; ``away``: no database."""
        if kind not in self.opened:
            url = self._database(kind)
            if kind in PREPARED:
                PREPARED[kind](url)
            self.opened[kind] = self.stack.enter_context(serve(url, self.folder / f"{kind}.log"))
        return self.opened[kind]

    def _database(self, kind: str) -> str:
        if kind == "away":
            return "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
        lent = self.engine.empty() if kind == "bare" else self.engine.copy()
        url: str = self.stack.enter_context(lent)
        return url

    @cached_property
    def facts(self) -> Facts:
        """What the paths name."""
        return gather(self.server("seeded").database_url)


def settle(url: str) -> None:
    """Tables and geography, nothing else."""
    migrate(url)
    database = Database(url)
    with database.writing() as db:
        places.load_reference(db)
    database.dispose()


PREPARED = {"seeded": prepare, "bare": settle, "broken": spoil}


def enter(visitor: Visitor, state: State, facts: Facts) -> None:
    """Bring somebody to this state."""
    visitor.watch.statuses = {state.status}
    if state.persona:
        visitor.become(state.persona, state.territory.format_map(facts))
    visitor.go(state.path.format_map(facts))
    if state.act:
        state.act(visitor)
    assert visitor.status == state.status, f"{state.name}: {visitor.status} at {visitor.path}"


S = State
PUBLIC = [
    S("home", "/"),
    S("territories", "/territoires"),
    S("territory that collects needs", "/territoires/{home}"),
    S("territory whose needs are closed", "/territoires/{closed}"),
    S("the islands", "/territoires/{departement}"),
    S("territory for its technician", "/territoires/{home}", "technician"),
    S("decisions, later", "/decisions"),
    S("method", "/methode"),
    S("accessibility statement", "/accessibilite"),
    S("charter", "/charte"),
    S("privacy", "/confidentialite"),
    S("legal notice", "/mentions-legales"),
    S("help", "/aide"),
    S("site map", "/plan-du-site"),
    S("open data", "/donnees"),
]
LISTS = [
    S("needs", "/besoins"),
    S("needs, second page", "/besoins", act=acts.next_page),
    S("needs, filters unfolded", "/besoins", act=acts.unfold),
    S("needs, every filter", "/besoins?territoire={home}&theme=logement&college=habitants&etat=attente&tri=soutenus"),
    S("needs of a commune", "/besoins?territoire={home}&commune=29279"),
    S("needs, searched", "/besoins?q=bus"),
    S("needs, nothing found", "/besoins?q=zzzzzz"),
    S("needs, nothing in a commune", "/besoins?territoire={home}&commune={silent}"),
    S("needs of a priority", "/besoins?priorite={priority}"),
]
NEEDS = [
    S("need that waits for its answer", "/besoins/{waiting}"),
    S("need, forms unfolded", "/besoins/{waiting}", act=acts.unfold),
    S("need answered", "/besoins/{answered}"),
    S("need not retained", "/besoins/{not_retained}"),
    S("need that may not be supported now", "/besoins/{unsupportable}"),
    S("need of a closed calendar", "/besoins/{locked_need}"),
    S("need, refused, for its author", "/besoins/{refused}", "resident"),
    S("need, pending, for a moderator", "/besoins/{pending}", "moderator"),
    S("need, signed in", "/besoins/{answered}", "association"),
    S("need, supported", "/besoins/{attached}", "youth", act=acts.support_signed_in),
    S("need, comment waiting", "/besoins/{attached}", "association", act=acts.comment),
    S("need, support refused", "/besoins/{waiting}", status=422, act=send_empty("Ajouter ma voix")),
    S("need, comment refused", "/besoins/{waiting}", status=422, act=send_empty("Envoyer en relecture")),
    S("need for its technician", "/besoins/{waiting}", "technician"),
    S("follow-up of a need", "/besoins/{waiting}/suite", "technician"),
    S("follow-up of an answered need", "/besoins/{answered}/suite", "technician"),
    S("answer refused", "/besoins/{waiting}/suite", "technician", 422, acts.answer_badly),
    S("attachment without effect", "/besoins/{waiting}/suite", "technician", 422, acts.detach_nothing),
]
SAYING = [
    S("new need", "/besoins/nouveau"),
    S("new need, territory chosen", "/besoins/nouveau?territoire={home}"),
    S("new need, territory closed", "/besoins/nouveau?territoire={closed}"),
    S("new need, signed in", "/besoins/nouveau", "resident"),
    S("new need, everything missing", "/besoins/nouveau", status=422, act=send_empty("Envoyer mon besoin")),
    S("new need, sent where closed", "/besoins/nouveau?territoire={closed}", status=403, act=acts.say_where_closed),
    S("receipt", "/besoins/nouveau", act=acts.send_receipt),
    S("receipt, address to confirm", "/besoins/nouveau", act=acts.send_receipt_by_mail),
    S("tracking form", "/suivi"),
    S("tracking, unknown code", "/suivi", status=422, act=acts.wrong_code_of_tracking),
    S("tracking of an answered need", "/suivi/{answer_code}", act=acts.unfold),
    S("tracking of a refused need", "/suivi/{refused_code}"),
    S("tracking of an unconfirmed need", "/suivi/{awaiting_code}", act=acts.unfold),
    S("tracking of a withdrawn need", "/suivi", act=acts.withdraw),
    S("need to confirm", "/suivi", act=acts.open_confirmation),
    S("need confirmed", "/suivi", act=acts.confirm),
    S("support to confirm", "/besoins/{waiting}", act=acts.open_support),
    S("support confirmed", "/besoins/{waiting}", act=acts.confirm_support),
    S("link that has served", "/besoins/{waiting}", status=410, act=acts.reopen_support),
]
PERSONAL = [
    S("sign-in", "/connexion"),
    S("sign-in, address missing", "/connexion", status=422, act=send_empty("Recevoir le lien")),
    S("sign-in, link sent", "/connexion", act=acts.ask_link),
    S("sign-in, link opened", "/connexion", act=acts.open_link),
    S("sign-in, link opened elsewhere", "/connexion", act=acts.open_link_elsewhere),
    S("sign-in, wrong code", "/connexion", status=422, act=acts.wrong_code),
    S("sign-in, link unknown", "/connexion/lien/inconnu", status=410),
    S("my space", "/mon-espace", "resident"),
    S("my space, new", "/connexion", act=acts.sign_in),
    S("my space of a technician", "/mon-espace", "technician"),
    S("my space of a data manager", "/mon-espace", "data_manager"),
    S("profile", "/mon-espace/profil", "resident"),
    S("profile, name missing", "/mon-espace/profil", "resident", 422, acts.empty_name),
    S("data", "/mon-espace/donnees", "resident", act=acts.unfold),
    S("closing an account", "/mon-espace/fermeture", "resident"),
    S("closing an account, nothing chosen", "/mon-espace/fermeture", "resident", 422, send_empty("Fermer mon compte")),
    S("closing an account, the last administrator", "/mon-espace/fermeture", "administrator"),
    S("demonstration", "/demo"),
    S("demonstration, unfolded", "/demo", "elected", act=acts.unfold),
    S("mailbox", "/besoins/nouveau", act=acts.read_mail),
]
WORK = [
    S("moderation", "/moderation", "moderator"),
    S("moderation of a need", "/moderation/besoin/{pending}", "moderator"),
    S("moderation of a comment", "/moderation/commentaire/{comment}", "moderator", act=acts.unfold),
    S("moderation of what is decided", "/moderation/besoin/{answered}", "moderator"),
    S("moderation, nothing waits", "/moderation", "moderator", act=acts.read_everything, territory="{quiet}"),
    S("board of the département", "/priorites"),
    S("board of a territory", "/territoires/{home}/priorites"),
    S("board of a territory, unfolded", "/territoires/{home}/priorites", "technician", act=acts.unfold),
    S("board, one theme", "/territoires/{home}/priorites?theme=logement"),
    S("board, a theme without priority", "/territoires/{home}/priorites?theme=sante"),
    S("priority", "/priorites/{priority}"),
    S("priority for its technician", "/priorites/{priority}", "technician"),
    S("priority without voice", "/priorites/{bare_priority}"),
    S("priority withdrawn", "/priorites/{withdrawn}"),
    S("voices", "/priorites/{priority}/voix"),
    S("no voice", "/priorites/{bare_priority}/voix"),
    S("calendar", "/territoires/{home}/calendrier", "technician", act=acts.unfold),
    S("calendar that opens nothing", "/territoires/{locked}/calendrier", "technician", territory="{locked}"),
    S("territory that opens nothing", "/territoires/{locked}"),
    S("new step", "/territoires/{home}/calendrier/nouvelle-etape", "technician"),
    S("step", "/territoires/{home}/calendrier/{phase}", "technician"),
    S("step refused", "/territoires/{home}/calendrier/{phase}", "technician", 422, acts.backwards),
    S("new enjeu", "/territoires/{home}/enjeux/nouveau", "technician"),
    S("new enjeu refused", "/territoires/{home}/enjeux/nouveau", "technician", 422, send_empty("Proposer l’enjeu")),
    S("enjeu", "/enjeux/{challenge}/modifier", "technician", act=acts.unfold),
    S("enjeu, reason missing", "/enjeux/{challenge}/modifier", "technician", 422, acts.withdraw_without_reason),
    S("new priority", "/territoires/{home}/priorites/nouvelle", "technician"),
    S("new priority refused", "/territoires/{home}/priorites/nouvelle", "technician", 422,
      send_empty("Proposer la priorité")),
    S("priority edited", "/priorites/{priority}/modifier", "technician", act=acts.unfold),
    S("priority, rank without date", "/priorites/{priority}/modifier", "technician", 422, acts.rank_without_date),
    S("priority, stale", "/priorites/{priority}/modifier", "technician", 409, acts.stale),
]  # fmt: skip
FAILURES = [
    S("404", "/nulle-part", status=404),
    S("403 for a visitor who may sign in", "/territoires/{home}/enjeux/nouveau", "resident", 403),
    S("403", "/moderation", "resident", 403),
    S("409", "/moderation", "moderator", 409, acts.decide_twice, territory="{departement}"),
    S("413", "/connexion", status=413, act=acts.send_too_much),
    S("429", "/connexion", status=429, act=acts.too_fast),
    S("500", "/besoins", status=500, site="broken"),
    S("503", "/", status=503, site="away"),
]
BARE = [
    S(f"nothing yet: {path}", path, site="bare")
    for path in (
        "/",
        "/territoires",
        "/besoins",
        "/besoins/nouveau",
        "/fiches-actions",
        "/ateliers",
        "/priorites",
        "/donnees",
        "/demo",
        "/demo/messagerie",
    )
]
STATES = (
    PUBLIC
    + LISTS
    + NEEDS
    + SAYING
    + PERSONAL
    + PEOPLE
    + WORK
    + MODERATION
    + INTAKE
    + SHEETS
    + ROOMS
    + WORKSHOP
    + FAILURES
    + BARE
)
