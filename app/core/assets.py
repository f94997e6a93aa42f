"""Builds what the browser loads: one style sheet, small ES modules, fonts and icons, named by their content.

Sources are `static/css` (in the order of `order.txt`), `static/js`, `static/img` and the npm packages.
`static/vendor` receives the packages, `static/dist` every served file with a hash in its name, `.br` and
`.gz` beside it, and `manifest.json`, which maps logical names ("app.css") to served ones ("app.1f3a….css").
A name changes with its content, so browsers may keep each file for ever.
"""

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import brotli
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
PACKAGES = ROOT / "node_modules"
VENDOR = STATIC / "vendor"
# Served as /static; nothing else under static/ is.
DIST = STATIC / "dist"
# Latin-1, French ligatures, typographic punctuation, arrows, euro.
WRITTEN_WITH = [
    *range(0x20, 0x7F), *range(0xA0, 0x100), 0x152, 0x153, 0x178, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D,
    0x2022, 0x2026, 0x20AC, 0x2190, 0x2192, 0x2212,
]  # fmt: skip
# TrueType fonts for Typst, which reads no woff2.
PDF_FONTS = VENDOR / "fonts"

# The land that the map of a place draws: asked for by whoever opens that map, and nobody else.
CONTOURS = ROOT / "app" / "places" / "data" / "finistere_communes.geojson"

TEXT_FAMILY = "Atkinson Hyperlegible Next"
TITLE_FAMILY = "Bricolage Grotesque"

COPIES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "text.woff2": "@fontsource-variable/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "title.woff2": "@fontsource/bricolage-grotesque/files/bricolage-grotesque-latin-700-normal.woff2",
}

ICONS = """
    arrow-down arrow-left arrow-right arrow-up bell bell-off calendar check chevron-right clock download
    external-link eye eye-off file-text flag fold-horizontal hand-heart history info layout-grid link list
    log-in log-out mail map-pin megaphone menu message-square minus monitor monitor-off pause pencil plus
    printer rotate-ccw search shield skip-forward snowflake tag trash-2 triangle-alert undo-2 unfold-horizontal
    user users x
""".split()

COMPRESSIBLE = {".css", ".js", ".json", ".svg"}
IMAGES = {".svg", ".png", ".webp", ".avif", ".jpg", ".ico"}

CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CSS_URL = re.compile(r"""url\(\s*(["']?)(?!data:|#)([^"')]+)\1\s*\)""")
JS_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])\./([\w-]+)\.js\2""")
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class AssetError(Exception):
    """A source is missing or refers to a file that nobody publishes."""


def build(progress: Callable[[str], None]) -> None:
    """Makes `static/vendor` and `static/dist` anew; `progress` is told each step in French."""
    progress("Paquets du navigateur et polices")
    _copy_packages()
    _write_pdf_fonts()
    _lighten_fonts()
    progress("Icônes")
    _write_sprite()
    progress("Styles, modules et images")
    names = _publish_all()
    progress("Compression")
    _compress(names)
    _remove_stale(names)
    _write_manifest(names)
    asset_names.cache_clear()


def asset_path(logical: str) -> str:
    """The path of a served file: `asset_path("app.css")` → `/static/app.1f3a5b7c9d.css`."""
    return f"/static/{asset_names()[logical]}"


@cache
def asset_names() -> Mapping[str, str]:
    """Logical names → served names, read once."""
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    return names


def _copy_packages() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in COPIES.items():
        shutil.copyfile(_package_file(source), VENDOR / name)


def _package_file(path: str) -> Path:
    file = PACKAGES / path
    if not file.is_file():
        raise AssetError(f"{path} manque dans node_modules : lancer d’abord « make setup ».")
    return file


def _lighten_fonts() -> None:
    """Leaves in the browser's fonts what French and Breton are written with: a quarter of the bytes go."""
    for name in ("text.woff2", "title.woff2"):
        options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "calt", "ccmp", "mark", "tnum"])
        with subset.load_font(str(VENDOR / name), options) as font:
            lighter = subset.Subsetter(options)
            lighter.populate(unicodes=WRITTEN_WITH)
            lighter.subset(font)
            font.save(VENDOR / f"lighter-{name}")
        (VENDOR / f"lighter-{name}").replace(VENDOR / name)


def _write_pdf_fonts() -> None:
    PDF_FONTS.mkdir(parents=True, exist_ok=True)
    for style, weight in (("Regular", 400), ("Bold", 700)):
        font = TTFont(VENDOR / "text.woff2")
        # Typst takes the default instance of a variable font only, so each weight gets its file.
        _save_ttf(instantiateVariableFont(font, {"wght": weight}), TEXT_FAMILY, style, "text")
    _save_ttf(TTFont(VENDOR / "title.woff2"), TITLE_FAMILY, "Bold", "title")


def _save_ttf(font: TTFont, family: str, style: str, name: str) -> None:
    """Saves under a plain family name: the packaged ones carry their optical size or no weight."""
    bold = style == "Bold"
    for number in (16, 17, 21, 22, 25):
        font["name"].removeNames(nameID=number)
    full, compact = f"{family} {style}", family.replace(" ", "")
    for number, text in ((1, family), (2, style), (4, full), (6, f"{compact}-{style}")):
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 700 if bold else 400
    font["OS/2"].fsSelection = 1 << 5 if bold else 1 << 6
    font["head"].macStyle = 1 if bold else 0
    _add_narrow_space(font)
    font.flavor = None
    font.save(PDF_FONTS / f"{name}-{style.lower()}.ttf")


def _add_narrow_space(font: TTFont) -> None:
    """Gives U+202F, which French puts before « ; ! ? », the glyph of the ordinary space."""
    space = font.getBestCmap()[0x20]
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14:
            table.cmap.setdefault(0x202F, space)


def _write_sprite() -> None:
    symbols = "".join(_symbol(icon) for icon in ICONS)
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence -->{symbols}</svg>\n'
    (VENDOR / "icons.svg").write_text(sprite, encoding="utf-8")


def _symbol(icon: str) -> str:
    """Only the shapes: colour and stroke come from the style sheet."""
    source = _package_file(f"lucide-static/icons/{icon}.svg").read_text(encoding="utf-8")
    body = SVG_BODY.search(source)
    if body is None:
        raise AssetError(f"L’icône {icon} n’est pas un dessin SVG.")
    shapes = "".join(line.strip() for line in body[1].splitlines())
    return f'<symbol id="i-{icon}" viewBox="0 0 24 24">{shapes}</symbol>'


def _publish_all() -> dict[str, str]:
    DIST.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for name in (*COPIES, "icons.svg"):
        names[name] = _publish(name, (VENDOR / name).read_bytes())
    names["communes.json"] = _publish("communes.json", CONTOURS.read_bytes())
    for image in sorted((STATIC / "img").rglob("*")):
        if image.suffix in IMAGES:
            logical = image.relative_to(STATIC).as_posix()
            names[logical] = _publish(logical, image.read_bytes())
    for sheet, text in _style_sheets(names).items():
        names[sheet] = _publish(sheet, text.encode())
    for module in sorted((STATIC / "js").glob("*.js")):
        _publish_module(module.stem, names, ())
    return names


def _publish(logical: str, content: bytes) -> str:
    """Writes one file under `name.<hash>.ext` and returns that name."""
    path = Path(logical)
    served = path.with_suffix(f".{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}").as_posix()
    target = DIST / served
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file():
        target.write_bytes(content)
    return served


def _style_sheets(names: Mapping[str, str]) -> dict[str, str]:
    """The sources in the order of `order.txt`, in app.css; after a line `room.css:`, in that one."""
    folder = STATIC / "css"
    order = [line.strip() for line in (folder / "order.txt").read_text(encoding="utf-8").splitlines()]
    sheets: dict[str, list[str]] = {}
    current = "app.css"
    for line in (line for line in order if line and not line.startswith("#")):
        if line.endswith(":"):
            current = line.removesuffix(":")
        else:
            sheets.setdefault(current, []).append(line)
    _check_listed(folder, [file for files in sheets.values() for file in files])
    return {sheet: _joined(folder, files, names) for sheet, files in sheets.items()}


def _check_listed(folder: Path, files: list[str]) -> None:
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.css")}
    if odd := present.symmetric_difference(files):
        raise AssetError(f"static/css/order.txt et les fichiers diffèrent : {', '.join(sorted(odd))}.")


def _joined(folder: Path, files: list[str], names: Mapping[str, str]) -> str:
    text = CSS_COMMENT.sub("", "\n".join((folder / file).read_text(encoding="utf-8") for file in files))
    return CSS_URL.sub(lambda match: f'url("{_served(match[2], names)}")', text)


def _served(name: str, names: Mapping[str, str]) -> str:
    if name not in names:
        raise AssetError(f"La feuille de style cite « {name} », que rien ne publie.")
    return names[name]


def _publish_module(name: str, names: dict[str, str], importers: tuple[str, ...]) -> str:
    """Publishes what the module imports first, since its own hash covers the hashed names it cites."""
    logical = f"js/{name}.js"
    if logical in names:
        return names[logical]
    if name in importers:
        raise AssetError(f"Des modules s’importent en rond : {' → '.join((*importers, name))}.")
    source = STATIC / logical
    if not source.is_file():
        raise AssetError(f"{logical}, importé par {importers[-1]}.js, n’existe pas.")

    def hashed(match: re.Match[str]) -> str:
        imported = _publish_module(match[3], names, (*importers, name))
        return f"{match[1]}{match[2]}./{Path(imported).name}{match[2]}"

    text = JS_IMPORT.sub(hashed, source.read_text(encoding="utf-8"))
    names[logical] = _publish(logical, text.encode())
    return names[logical]


def _compress(names: Mapping[str, str]) -> None:
    for served in names.values():
        file = DIST / served
        packed = file.with_name(f"{file.name}.br")
        if file.suffix not in COMPRESSIBLE or packed.is_file():
            continue
        content = file.read_bytes()
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        packed.write_bytes(brotli.compress(content, quality=11))


def _remove_stale(names: Mapping[str, str]) -> None:
    kept = {f"{served}{ending}" for served in names.values() for ending in ("", ".br", ".gz")}
    for path in DIST.rglob("*"):
        if path.is_file() and path.relative_to(DIST).as_posix() not in kept | {"manifest.json"}:
            path.unlink()


def _write_manifest(names: Mapping[str, str]) -> None:
    """Last and at once, so that a server starting meanwhile never reads half of it."""
    draft = DIST / "manifest.json.new"
    draft.write_text(json.dumps(dict(sorted(names.items())), indent=1) + "\n", encoding="utf-8")
    draft.replace(DIST / "manifest.json")


if __name__ == "__main__":
    build(print)
