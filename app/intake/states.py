"""The lifecycle of an import."""

from enum import StrEnum

from app.core.machine import Machine, label


class ImportStatus(StrEnum):
    """Where an import is."""

    READ = "read"
    DONE = "done"
    GIVEN_UP = "given_up"


IMPORT: Machine[ImportStatus] = Machine(
    {
        "accept": ({ImportStatus.READ}, ImportStatus.DONE),
        "give_up": ({ImportStatus.READ}, ImportStatus.GIVEN_UP),
    }
)
IMPORT_LABELS = {
    ImportStatus.READ: label("À vérifier"),
    ImportStatus.DONE: label("Importé"),
    ImportStatus.GIVEN_UP: label("Abandonné"),
}
