"""Counters of the board, kept by triggers (they also hold for imports and hand edits)."""

from sqlmodel import Field, SQLModel


class PriorityVoice(SQLModel, table=True):
    """A voice heard on a priorité: how many of its needs it wrote or supports."""

    __tablename__ = "priority_voice"

    priority_id: int = Field(primary_key=True, foreign_key="priority.id")
    voice_id: int = Field(primary_key=True, foreign_key="voice.id")
    mentions: int


class PriorityTally(SQLModel, table=True):
    """What a card of the board shows, by collège: needs written, distinct voices."""

    __tablename__ = "priority_tally"

    priority_id: int = Field(primary_key=True, foreign_key="priority.id")
    college: str = Field(primary_key=True, max_length=20)
    needs: int = 0
    voices: int = 0
