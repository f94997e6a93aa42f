"""Every setting, read once from the environment (prefix ``EMGLEV_``)."""

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_TILES = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?/(?=.*\{z\})(?=.*\{x\})(?=.*\{y\})[\w{}@/.?&=%~-]+", re.IGNORECASE)


class Settings(BaseSettings):
    """What an administrator may set; each field is explained in docs/operations.md."""

    model_config = SettingsConfigDict(env_prefix="EMGLEV_", extra="ignore")

    public_url: str = "http://localhost:8000"
    database_url: str = ""
    var_dir: Path = Path("var")
    demo: bool = False
    allow_http: bool = False
    smtp_url: str = ""
    mails_per_minute: int = 120
    mail_from: str = "Emglev <ne-pas-repondre@emglev.example>"
    contact_phone: str = "02 00 00 00 00"
    contact_email: str = "contact@emglev.example"
    publisher: str = "Conseil départemental du Finistère"
    log_format: str = "text"
    trusted_proxy: str = "127.0.0.1"
    session_days: int = 30
    session_idle_days: int = 14
    staff_session_hours: int = 12
    staff_idle_minutes: int = 120
    second_factor_roles: str = ""
    franceconnect_issuer: str = "https://oidc.franceconnect.gouv.fr/api/v2"
    franceconnect_client_id: str = ""
    franceconnect_client_secret: str = ""
    proconnect_issuer: str = "https://auth.agentconnect.gouv.fr/api/v2"
    proconnect_client_id: str = ""
    proconnect_client_secret: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_label: str = ""
    oidc_scopes: str = "openid"
    db_slots: int = 8
    embedded_worker: bool = True
    metrics_token: str = ""
    tile_url: str = ""
    tile_attribution: str = ""
    file_megabytes: int = Field(default=8, ge=1)
    files_per_contribution: int = Field(default=4, ge=1, le=9)

    @property
    def effective_database_url(self) -> str:
        """SQLAlchemy address: the one set, else a SQLite file in ``var_dir``."""
        return self.database_url or f"sqlite:///{self.var_dir / 'emglev.sqlite3'}"

    @property
    def is_https(self) -> bool:
        """Whether residents reach the site over TLS: it rules cookies."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def is_local(self) -> bool:
        """Whether the public address is this computer's own: no phone can open it."""
        host = urlsplit(self.public_url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address, as browsers send them in ``Origin``."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def upload_bytes(self) -> int:
        """The largest form with files: as many as are taken, a mistake on one of them, and its words."""
        return (self.files_per_contribution + 1) * self.file_megabytes * 1024 * 1024 + 512 * 1024

    @property
    def tile_origin(self) -> str:
        """Scheme and host of the tile server that the administrator chose, if any: pages may load its images."""
        parts = urlsplit(self.tile_url)
        return f"{parts.scheme}://{parts.netloc}" if self.tile_url else ""

    @property
    def guarded_roles(self) -> frozenset[str]:
        """The roles that sleep until a second factor is given."""
        return frozenset(self.second_factor_roles.replace(",", " ").split())

    def check(self, roles: Collection[str]) -> None:
        """Refuse to serve people over plain http unless it was asked for, without any mail, or half guarded.

        Raises:
            ValueError: the public address is http without ``demo`` nor ``allow_http``; no mail server; an address of
                tiles that no map could read; a second factor is asked of a role that is none of ``roles``.
        """
        if not (self.is_https or self.demo or self.allow_http):
            raise ValueError("EMGLEV_PUBLIC_URL must be https (or set EMGLEV_ALLOW_HTTP=true).")
        if not (self.smtp_url or self.demo):
            raise ValueError("EMGLEV_SMTP_URL must be set: people confirm and sign in by mail.")
        if self.tile_url and not _TILES.fullmatch(self.tile_url):
            raise ValueError("EMGLEV_TILE_URL must be one https address that holds {z}, {x} and {y}.")
        if unknown := sorted(self.guarded_roles.difference(roles)):
            raise ValueError(f"EMGLEV_SECOND_FACTOR_ROLES names {', '.join(unknown)}; roles are {', '.join(roles)}.")


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
