"""What somebody sends who says they will come."""

from typing import Literal

from pydantic import Field, field_validator

from app.core.forms import Form
from app.identity.forms import plain_email

HALL, DISTANCE = "salle", "distance"


class RegistrationForm(Form):
    """How they come, what they need to take part, and an address to confirm when nobody is signed in."""

    way: Literal["salle", "distance"] = "salle"
    note: str = Field(default="", max_length=300)
    email: str | None = Field(default=None, max_length=254)

    @field_validator("email", mode="before")
    @classmethod
    def _email(cls, value: str | None) -> str | None:
        return plain_email(value) if value else None

    @property
    def remote(self) -> bool:
        """Whether they come at a distance."""
        return self.way == DISTANCE
