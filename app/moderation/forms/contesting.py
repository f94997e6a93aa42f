"""What somebody types who reports, who contests, and who answers them."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, Once, Ticked, wrong
from app.core.i18n import gettext as _
from app.identity.forms import plain_email
from app.moderation.states import ReportOutcome, ReportReason
from app.threads.states import RefusalReason


class ReportForm(Form):
    """« Signaler »: what article 16, paragraph 2 of Regulation (EU) 2022/2065 wants of a notice.

    The place is that of the form. ``once`` makes a double submit harmless.
    """

    reason: ReportReason
    text: str = Field(min_length=20, max_length=2000)
    name: str = Field(default="", max_length=120)
    email: str | None = Field(default=None, max_length=254)
    good_faith: Ticked = False
    once: Once

    @field_validator("reason")
    @classmethod
    def _anybodys(cls, value: ReportReason) -> ReportReason:
        if value == ReportReason.WITHDRAWAL:
            raise wrong(_("Choisissez une des réponses proposées."))
        return value

    @field_validator("name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @field_validator("email", mode="before")
    @classmethod
    def _email(cls, value: str | None) -> str | None:
        return plain_email(value) if value else None


class AppealForm(Form):
    """« Contester »: in what the rule does not apply."""

    text: str = Field(min_length=20, max_length=2000)


class WithdrawalForm(Form):
    """« Demander le retrait »: words if one wishes."""

    text: str = Field(default="", max_length=2000)


class ReportDecisionForm(Form):
    """What a moderator does after a report, and in which words; ``passage`` is what must be masked, word for word."""

    outcome: ReportOutcome
    reason: RefusalReason | None = None
    passage: str = Field(default="", max_length=3000)
    text: str = Field(min_length=10, max_length=1000)

    @model_validator(mode="after")
    def _complete(self) -> "ReportDecisionForm":
        measures = (ReportOutcome.HIDDEN, ReportOutcome.MASKED)
        if self.outcome in measures and self.reason is None:
            raise wrong(_("Choisissez la règle de la charte : une mesure est toujours motivée."), "reason")
        if self.outcome == ReportOutcome.MASKED and not self.passage:
            raise wrong(_("Copiez ici le passage à masquer."), "passage")
        return self


class AppealDecisionForm(Form):
    """What another person answers to an appeal."""

    decision: Literal["uphold", "reverse"]
    text: str = Field(min_length=20, max_length=1000)
