"""What a person types to sign in."""

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, field_validator

from app.core.forms import Form, wrong
from app.core.i18n import gettext as _


class SignInForm(Form):
    """An address to send a link to."""

    email: str = Field(max_length=254)
    next: str = Field(default="", max_length=500)

    @field_validator("email", mode="before")
    @classmethod
    def _lower(cls, value: str) -> str:
        return plain_email(value)


class CodeForm(Form):
    """The code shown in the browser that asked for the link."""

    code: str = Field(default="", max_length=20)


def plain_email(value: str) -> str:
    """The address in lower case.

    Raises:
        PydanticCustomError: it has not the form of an address, said in plain words.
    """
    try:
        return validate_email(str(value).strip().lower(), check_deliverability=False).normalized
    except EmailNotValidError as invalid:
        raise wrong(_("Écrivez une adresse complète, par exemple nom@exemple.fr.")) from invalid
