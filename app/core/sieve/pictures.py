"""Pictures: drawn again from their pixels alone, upright, in sRGB, no longer than a screen needs."""

from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps

from app.core.sieve import JPEG, PNG, WEBP, Clean, RefusedError

LONGEST = 2000  # pixels of the longest side of what is kept
PREVIEW = 640  # the same of its preview, always in WebP
MAX_PIXELS = {JPEG: 50_000_000, PNG: 25_000_000, WEBP: 25_000_000}  # a JPEG is decoded at the size that is wanted
_MAX_PROFILE = 64 * 1024  # bytes of a colour profile; those of cameras hold a few thousand
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_WRITING: dict[str, dict[str, Any]] = {
    JPEG: {"quality": 85, "optimize": True, "progressive": True}, PNG: {"optimize": True},
    WEBP: {"quality": 85, "method": 4},
}  # fmt: skip


def redraw(content: BinaryIO, kind: str) -> Clean:
    """The same picture without anything but its pixels: no place, no date, no camera, no hidden end.

    Of an animation, the first image only.

    Raises:
        RefusedError: more pixels than ``MAX_PIXELS``.
    """
    Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is decoded, and is lower
    with Image.open(content, formats=(_FORMATS[kind],)) as sent:
        if sent.width * sent.height > MAX_PIXELS[kind]:
            raise RefusedError("pixels")
        picture = _pixels(sent)
    small = picture.copy()
    small.thumbnail((PREVIEW, PREVIEW))
    return Clean(kind, _written(picture, kind), _written(small, WEBP), picture.width, picture.height)


def _pixels(sent: Image.Image) -> Image.Image:
    """Reduced, turned upright, its colours in sRGB, copied to a picture that carries nothing else."""
    mode = "RGBA" if sent.has_transparency_data else "RGB"
    sized = sent if sent.mode in ("RGB", "RGBA", "L", "CMYK") else sent.convert(mode)
    sized.thumbnail((LONGEST, LONGEST))
    coloured = _in_srgb(_upright(sized), mode)
    bare = Image.new(mode, coloured.size)
    bare.paste(coloured)
    return bare


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # a camera that wrote nonsense about itself does not spoil its picture
        return picture


def _in_srgb(picture: Image.Image, mode: str) -> Image.Image:
    profile = picture.info.get("icc_profile") or b""
    if 0 < len(profile) <= _MAX_PROFILE and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source, target = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            managed = ImageCms.profileToProfile(picture, source, target, outputMode=mode)
            return managed or picture.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be followed is left aside
    return picture.convert(mode)


def _written(picture: Image.Image, kind: str) -> bytes:
    written = BytesIO()
    picture.save(written, _FORMATS[kind], **_WRITING[kind])
    return written.getvalue()
