"""What is sent about who leads."""

from app.core.forms import Form, Id, Ticked


class MemberForm(Form):
    """Somebody to ask or to add."""

    person: Id


class ScribeForm(Form):
    """The table for which one writes; none, the whole room."""

    table: Id | None = None


class AnswerForm(Form):
    """Yes or no to the lead."""

    accepts: bool


class TakeLeadForm(Form):
    """Leading in the place of somebody, who is gone."""

    gone: Ticked = False
