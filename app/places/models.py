"""Where people live, as the official geography has it."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from app.core.i18n import gettext as _


class TerritoryKind(StrEnum):
    """The legal form of a territory."""

    DEPARTEMENT = "departement"
    METROPOLE = "metropole"
    AGGLOMERATION = "agglomeration"
    COMMUNITY = "community"


class Territory(SQLModel, table=True):
    """The scale of an accord: an intercommunalité, or the département for communes outside any."""

    __tablename__ = "territory"

    id: int | None = Field(default=None, primary_key=True)
    siren: str = Field(unique=True, max_length=9)
    slug: str = Field(unique=True, max_length=80)
    code: str = Field(unique=True, max_length=2)
    name: str = Field(max_length=120)
    official_name: str = Field(max_length=160)
    name_br: str | None = Field(default=None, max_length=120)
    kind: str = Field(max_length=20)
    population: int

    @property
    def territory_id(self) -> int:
        """A territory is on itself: policy asks the same question of everything."""
        return self.id or 0

    @property
    def is_departement(self) -> bool:
        """Whether this is the département itself."""
        return self.kind == TerritoryKind.DEPARTEMENT

    @property
    def listed_name(self) -> str:
        """Its name in a list of territories: the département stands there for the communes outside any other."""
        return _("Ouessant et Île-de-Sein") if self.is_departement else self.name


class Commune(SQLModel, table=True):
    """A commune, by its INSEE code."""

    __tablename__ = "commune"

    insee: str = Field(primary_key=True, max_length=5)
    name: str = Field(max_length=80, index=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    departement: str = Field(max_length=3)
    population: int
    postcodes: str = Field(max_length=200)
