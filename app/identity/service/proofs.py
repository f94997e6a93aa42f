"""Links sent to an address: issued, matched with the browser that asked, used once."""

import hmac
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, update

from app.core.db import now
from app.core.errors import GoneError, TooManyError
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.security import digest, random_code, token
from app.core.settings import get_settings
from app.identity import queries
from app.identity.models import EmailProof

SIGN_IN = "sign_in"
LINK_LIFE = timedelta(minutes=15)
CONFIRMATION_LIFE = timedelta(days=7)
LINKS_PER_HOUR = 6
CODE_TRIES = 5


def issue_proof(
    db: Session,
    email: str,
    purpose: str,
    data: dict[str, Any],
    *,
    life: timedelta,
    browser: str = "",
    code: str = "",
) -> str:
    """Store a link to be mailed; the secret is returned once and kept only as a digest.

    Raises:
        TooManyError: this address was sent too many links within the hour (counted in the database).
    """
    if queries.recent_proofs(db, email, within=timedelta(hours=1), sign_in=purpose == SIGN_IN) >= LINKS_PER_HOUR:
        raise TooManyError(
            _("Plusieurs messages viennent de partir vers cette adresse. Lisez-les, ou réessayez dans une heure."),
            retry_after=3600,
        )
    secret = token()
    proof = EmailProof(
        digest=digest(secret), purpose=purpose, email=email.lower(), data=data, created_at=now(),
        expires_at=now() + life, browser=digest(browser) if browser else None, code=digest(code) if code else None,
    )  # fmt: skip
    db.add(proof)
    return secret


def usable(proof: EmailProof | None) -> EmailProof:
    """The proof, if it may still be used.

    Raises:
        GoneError: used, or unknown, expired, tried too often (the same words for these).
    """
    if proof and proof.used_at:
        raise GoneError(_("Ce lien a déjà servi : ce qu’il confirmait est enregistré. Il n’y a rien d’autre à faire."))
    if proof is None or proof.expires_at < now() or proof.attempts >= CODE_TRIES:
        raise GoneError(_("Ce lien a expiré. Refaites votre demande sur le site : un nouveau lien part aussitôt."))
    return proof


def use(db: Session, proof: EmailProof) -> None:
    """A proof is used once, even by two requests at the same moment.

    Raises:
        GoneError: it was already used.
    """
    usable(proof)
    unused = (col(EmailProof.id) == proof.id) & col(EmailProof.used_at).is_(None)
    taken = db.execute(update(EmailProof).where(unused).values(used_at=now()).returning(col(EmailProof.id))).first()
    if taken is None:
        proof.used_at = now()
        usable(proof)


def request_sign_in(db: Session, email: str, *, browser: str, next_path: str) -> str:
    """Mail a sign-in link; the short code to show in this browser is returned.

    The answer is the same whether the address is known or not.
    """
    code = random_code(6)
    secret = issue_proof(db, email, SIGN_IN, {"next": next_path}, life=LINK_LIFE, browser=browser, code=code)
    link = f"{get_settings().public_url}/connexion/lien/{secret}"
    body = _(
        "Bonjour,\n\nOuvrez ce lien pour vous connecter à Emglev :\n%(link)s\n\n"
        "Il sert une fois, pendant 15 minutes. Ouvert sur un autre appareil, il vous demandera "
        "le code affiché sur la page où vous avez fait la demande.\n\n"
        "Si vous n’avez rien demandé, ignorez ce message.\n"
    ) % {"link": link}
    post(db, email, _("Votre lien de connexion à Emglev"), body)
    return code


def matches_browser(proof: EmailProof, browser: str | None) -> bool:
    """Whether the link is opened where it was asked for."""
    return bool(browser and proof.browser and hmac.compare_digest(proof.browser, digest(browser)))


def try_code(db: Session, proof: EmailProof, code: str) -> bool:
    """Compare the code typed with the one shown in the asking browser; tries are counted."""
    if proof.code and hmac.compare_digest(proof.code, digest(code.strip().upper().replace(" ", ""))):
        return True
    more = update(EmailProof).where(col(EmailProof.id) == proof.id).values(attempts=EmailProof.attempts + 1)
    db.execute(more)
    return False
