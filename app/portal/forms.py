"""What a person types on pages that join features."""

from pydantic import Field

from app.core.forms import Form
from app.identity.states import College


class LookupForm(Form):
    """A tracking code or a public reference, as typed or read aloud."""

    code: str = Field(min_length=6, max_length=40)


class ProfileForm(Form):
    """What a person says of themselves."""

    pseudonym: str = Field(min_length=2, max_length=60)
    college: College | None = None
    commune: str = Field(default="", max_length=5)


class PersonaForm(Form):
    """Which demonstration person to become."""

    persona: str = Field(max_length=20)
    territoire: str = Field(default="", max_length=80)
    next: str = Field(default="", max_length=500)
