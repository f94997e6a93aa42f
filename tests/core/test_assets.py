"""Each served file is named by its content, and what would break a page stops the set-up."""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import brotli
import pytest

from app.core import assets

lighten_fonts = assets._lighten_fonts
compressed = cache(brotli.compress)


@cache
def lighter_fonts() -> dict[str, bytes]:
    """What the fonts become, worked out once."""
    lighten_fonts()
    return {name: (assets.VENDOR / name).read_bytes() for name in ("text.woff2", "title.woff2")}


def write_lighter_fonts() -> None:
    for name, font in lighter_fonts().items():
        (assets.VENDOR / name).write_bytes(font)


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small static/ of its own; the npm packages are the real ones."""
    folders = {"STATIC": tmp_path, "VENDOR": tmp_path / "vendor", "DIST": tmp_path / "dist"}
    for name, folder in (folders | {"PDF_FONTS": tmp_path / "vendor" / "fonts"}).items():
        monkeypatch.setattr(assets, name, folder)
    # Seconds of font work that these tests say nothing of.
    monkeypatch.setattr(assets, "_write_pdf_fonts", lambda: None)
    monkeypatch.setattr(assets, "_lighten_fonts", write_lighter_fonts)
    monkeypatch.setattr(brotli, "compress", compressed)
    for name in ("css", "js"):
        (tmp_path / name).mkdir()
    (tmp_path / "css" / "base.css").write_text('@font-face { src: url("text.woff2") }')
    (tmp_path / "css" / "order.txt").write_text("base.css\n")
    assets.asset_names.cache_clear()
    yield tmp_path
    assets.asset_names.cache_clear()


def build() -> dict[str, str]:
    assets.build(lambda _step: None)
    return dict(assets.asset_names())


def served(static: Path, logical: str) -> Path:
    return static / "dist" / assets.asset_names()[logical]


def test_the_style_sheet_cites_the_served_name_of_the_font(static: Path) -> None:
    names = build()
    assert names["text.woff2"] in served(static, "app.css").read_text()
    assert assets.asset_path("app.css") == f"/static/{names['app.css']}"


def test_a_name_changes_with_its_content_and_the_old_file_goes(static: Path) -> None:
    before = build()["app.css"]
    (static / "css" / "base.css").write_text("body { margin: 0 }")
    assert build()["app.css"] != before
    assert not (static / "dist" / before).exists()


def test_a_module_imports_the_served_name_of_another(static: Path) -> None:
    (static / "js" / "a.js").write_text('import { b } from "./b.js"\n')
    (static / "js" / "b.js").write_text("export const b = 1\n")
    names = build()
    assert f'"./{Path(names["js/b.js"]).name}"' in served(static, "js/a.js").read_text()


def test_compressed_twins_hold_the_same_text(static: Path) -> None:
    build()
    file = served(static, "icons.svg")
    assert gzip.decompress(Path(f"{file}.gz").read_bytes()) == file.read_bytes()
    assert brotli.decompress(Path(f"{file}.br").read_bytes()) == file.read_bytes()


def test_two_builds_of_the_same_sources_are_the_same(static: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_lighten_fonts", lighten_fonts)
    assert build() == build()
    manifest = json.loads((static / "dist" / "manifest.json").read_text())
    assert all((static / "dist" / name).is_file() for name in manifest.values())


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("css/base.css", 'a { background: url("lost.png") }', "lost.png"),
        ("css/forgotten.css", "", "forgotten.css"),
        ("js/a.js", 'import "./lost.js"', "lost.js"),
        ("js/a.js", 'import "./a.js"', "rond"),
    ],
)
def test_what_would_break_a_page_stops_the_build(static: Path, file: str, text: str, complaint: str) -> None:
    (static / file).write_text(text)
    with pytest.raises(assets.AssetError, match=complaint):
        build()


def test_an_unknown_name_is_an_error(static: Path) -> None:
    build()
    with pytest.raises(KeyError):
        assets.asset_path("lost.css")


def test_what_only_a_room_needs_is_a_sheet_of_its_own(static: Path) -> None:
    (static / "css" / "screen.css").write_text(".screen { margin: 0 }")
    (static / "css" / "order.txt").write_text("base.css\nroom.css:\nscreen.css\n")
    build()
    assert ".screen" in served(static, "room.css").read_text()
    assert ".screen" not in served(static, "app.css").read_text()
