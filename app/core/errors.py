"""What can go wrong in the domain, in words for people, with the HTTP status that fits."""

from http import HTTPStatus

from app.core.i18n import gettext as _


class DomainError(Exception):
    """A refusal that its reader can understand: a status and a French sentence."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class NotFoundError(DomainError):
    """Nothing there, or nothing this person may know of."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("Cette page n’existe pas, ou n’est pas publique."))


class ForbiddenError(DomainError):
    """The thing is visible, the verb is not this person's."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("Votre compte ne permet pas cette action sur ce territoire."))


class ConflictError(DomainError):
    """Somebody else moved first, or the move does not exist from here."""

    status = HTTPStatus.CONFLICT


class GoneError(DomainError):
    """It was there: an expired or used link, a withdrawn contribution."""

    status = HTTPStatus.GONE


class TooManyError(DomainError):
    """Too fast: ``retry_after`` is in seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class TooLargeError(DomainError):
    """More bytes than any form here needs."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnavailableError(DomainError):
    """Too busy to promise anything: come back in ``retry_after`` seconds."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
