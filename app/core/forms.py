"""What a person typed: values kept, errors beside their field, one object when all is well."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, get_origin
from urllib.parse import unquote_plus

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from app.core.errors import DomainError
from app.core.i18n import fnum
from app.core.i18n import gettext as _

# What shows nothing, turns the direction of a line, or is half a character or none; the joiner of emojis stays.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff]"
)
_KEY = re.compile(r"^[A-Za-z0-9_-]{22,64}$")
_BLANK_LINES = re.compile(r"\n{3,}")
MAX_FIELDS = 200


def clean(text: str) -> str:
    """One way of writing the same text: NFC, unix lines, no invisible control, no endless blanks."""
    if text.isascii() and text.isprintable():  # one line that cannot be written otherwise
        return text.strip()
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "\n".join(line.rstrip() for line in _CONTROL.sub("", text).split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip()


Id = Annotated[int, Field(ge=1, le=2**31 - 1)]  # what every engine keeps in an integer column


class Form(BaseModel):
    """Base of every form: text is cleaned before it is measured, unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _clean(cls, value: Any) -> Any:
        if isinstance(value, str):
            return clean(value)
        return [clean(v) for v in value] if isinstance(value, list) else value


def wrong(message: str, field: str = "form") -> PydanticCustomError:
    """An error of a validator, in the words that the person will read, beside ``field``."""
    return PydanticCustomError("plain", "{message}", {"message": message, "field": field})


def _once(value: str) -> str:
    if not _KEY.match(value):
        raise wrong(_("Cette page a expiré. Votre texte est gardé : envoyez-le de nouveau."))
    return value


def _ticked(value: bool) -> bool:
    if not value:
        raise wrong(_("Cochez la case pour continuer."))
    return value


Once = Annotated[str, AfterValidator(_once)]  # the random key of a form: sent twice, it counts once
# A box that must be ticked; its field has the default False, which is what a browser sends of a box left empty.
Ticked = Annotated[bool, AfterValidator(_ticked), Field(validate_default=True)]


F = TypeVar("F", bound=Form)


@dataclass
class Filled(Generic[F]):
    """A form as sent: ``values`` to show again, ``errors`` by field, ``data`` if valid."""

    values: dict[str, Any] = attribute(default_factory=dict)
    errors: dict[str, str] = attribute(default_factory=dict)
    data: F | None = None

    def refuse(self, name: str, message: str) -> None:
        """Add an error that only the domain could see."""
        self.errors.setdefault(name, message)

    @property
    def ok(self) -> F | None:
        """The object, unless anything was refused."""
        return None if self.errors else self.data


def blank(model: type[F], **values: Any) -> Filled[F]:
    """An empty form to show, with some values already chosen."""
    known: dict[str, Any] = dict.fromkeys(model.model_fields, "")
    return Filled(values=known | {k: "" if v is None else v for k, v in values.items()})


def fill(model: type[F], sent: Mapping[str, Any]) -> Filled[F]:
    """Validate what was sent; nothing typed is lost."""
    filled = _validated(model, sent)
    visible = {k: _CONTROL.sub("", v) if isinstance(v, str) else v for k, v in sent.items()}
    filled.values = dict.fromkeys(model.model_fields, "") | visible
    return filled


def _validated(model: type[F], sent: Mapping[str, Any]) -> Filled[F]:
    """What ``fill`` gives, without the values: for whoever shows no form again."""
    given = {k: v for k, v in sent.items() if v not in ("", [])}
    try:
        return Filled(data=model.model_validate(given))
    except ValidationError as invalid:
        errors: dict[str, str] = {}
        for error in invalid.errors():
            name = str(error["loc"][0]) if error["loc"] else (error.get("ctx") or {}).get("field", "form")
            errors.setdefault(name, _message(error))
        return Filled(errors=errors)


def _message(error: ErrorDetails) -> str:
    context = error.get("ctx") or {}
    match error["type"]:
        case "plain":
            return str(context["message"])
        case "missing":
            return _("À remplir pour continuer.")
        case "string_too_short":
            return _("Trop court : %(n)s caractères au moins.") % {"n": fnum(context["min_length"])}
        case "string_too_long":
            return _("Trop long : %(n)s caractères au plus.") % {"n": fnum(context["max_length"])}
        case "enum" | "literal_error" | "bool_parsing":
            return _("Choisissez une des réponses proposées.")
        case "int_parsing" | "int_type" | "int_from_float":
            return _("Écrivez un nombre en chiffres, par exemple 14.")
        case "greater_than_equal" | "less_than_equal":
            return _("Ce nombre n’est pas possible ici.")
        case kind if kind.startswith("date"):
            return _("Écrivez une date, par exemple 14/03/2027.")
        case _other:
            return _("Cette réponse n’est pas reconnue.")


def decode(model: type[F], body: bytes) -> Filled[F]:
    """An urlencoded body as this form: what ``read`` gives but for the values, for a route that shows no form."""
    pieces = body.decode("latin-1").split("&")
    if len(pieces) > MAX_FIELDS:
        raise DomainError(_("Cet envoi n’a pas la forme attendue."))
    typed: dict[str, list[str]] = {}
    for piece in pieces:
        if piece:
            name, _equal, value = piece.partition("=")
            typed.setdefault(_unquoted(name), []).append(_unquoted(value))
    return _validated(model, _as_fields(model, typed))


def _unquoted(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def _as_fields(model: type[F], typed: Mapping[str, list[str]]) -> dict[str, Any]:
    lists = _lists(model)
    return {name: values if name in lists else values[-1] for name, values in typed.items() if values}


@cache
def _lists(model: type[Form]) -> frozenset[str]:
    return frozenset(n for n, info in model.model_fields.items() if get_origin(info.annotation) in (list, set))


def read(model: type[F]) -> Callable[[Request], Awaitable[Filled[F]]]:
    """A dependency that reads the body of this request as this form."""

    async def _read(request: Request) -> Filled[F]:
        kind = request.headers.get("content-type", "")
        if kind and not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
            raise DomainError(_("Cet envoi n’a pas la forme attendue."))
        async with request.form(max_files=0, max_fields=MAX_FIELDS) as form:  # with files where ``uploads`` came before
            typed = {name: [v for v in form.getlist(name) if isinstance(v, str)] for name in form}
        return fill(model, _as_fields(model, typed))

    return _read
