"""A provider that one test can make wrong in one point."""

import pytest

from app.core.settings import get_settings
from tests.provider.fake import CLIENT, ISSUER, SECRET, Fake
from tests.site import Site


@pytest.fixture
def fake(site: Site, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A provider for both ways in, right in every point."""
    for way in ("franceconnect", "proconnect"):
        for name, value in (("issuer", ISSUER), ("client_id", CLIENT), ("client_secret", SECRET)):
            monkeypatch.setattr(get_settings(), f"{way}_{name}", value)
    return Fake().install(site)
