"""Tables of workshops: rooms and run sheets, people in them, what they vote and write, what is said of it after."""

from app.workshops.models.ballots import Ballot, PaperBallot, WorkshopRate
from app.workshops.models.cards import Card, Cluster
from app.workshops.models.people import Crew, Headcount, Participation, Registration, Seat, Table, Ticket
from app.workshops.models.report import Correction, Outcome
from app.workshops.models.rooms import Option, Series, Step, Workshop

__all__ = [
    "Ballot", "Card", "Cluster", "Correction", "Crew", "Headcount", "Option", "Outcome", "PaperBallot",
    "Participation", "Registration", "Seat", "Series", "Step", "Table", "Ticket", "Workshop", "WorkshopRate",
]  # fmt: skip
