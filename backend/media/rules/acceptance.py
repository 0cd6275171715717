"""Which files are refused, and in which words: when an upload begins by what is declared, at its end by what is there.

What is refused is none of the types that are evidence, pretends to be two types at once, is not there to its end, or
could be looked at by nobody. Nothing but a signature is decoded for that. A picture whose EXIF is rubbish is accepted.
"""

from pathlib import Path

from PIL import Image

from backend.core.errors import Problem, TooLarge
from backend.media.problems import UnsupportedType
from backend.media.rules import filetypes, heif, pdf, wholeness
from backend.media.rules.images import TooManyPixels, Unreadable, check_decodable, opened

SIGNATURE = "signature"
"""Purpose of bytes that are a drawn signature."""

LARGEST_SIGNATURE = 1024 * 1024
"""Bytes; strokes on nothing take a twentieth of that."""

SIGNATURE_PIXELS = 4_000_000
MOST_INK = 0.35
"""Share of a signature that may be drawn on. More is a photo of something."""

CONTRAST = 96
"""How far from white, of 255, a point is ink."""

DISGUISES = (b"%PDF-", b"<html", b"<script", b"<!doctype", b"<svg", b"<?php")
"""What other programs look for in the first `SEARCHED` bytes and then take an image for something else."""

SEARCHED = 1024
ZIP_END, ZIP_END_SIZE = b"PK\x05\x06", 22
"""A ZIP is found by its end (APPNOTE 4.3.16): pictures with one behind them are programs or office files as well."""


def check_declared(filetype: str, size: int, purpose: str = "") -> None:
    """Raises `UnsupportedType`, `TooLarge` for what no upload need begin with. `size` in bytes."""
    plain = filetypes.plain(filetype)
    if plain not in filetypes.ACCEPTED:
        raise UnsupportedType()
    if plain == filetypes.HEIC and not heif.available():
        raise _no_heic()
    if purpose == SIGNATURE:
        _check_signature_declared(plain, size)


def check_received(path: Path, filetype: str | None, purpose: str = "") -> None:
    """The same by the bytes; `filetype` is what they are. Raises `UnsupportedType`, `TooLarge`."""
    if filetype is None:
        raise UnsupportedType()
    check_declared(filetype, path.stat().st_size, purpose)
    if filetype == filetypes.PDF:
        _check_pdf(path)
    elif _is_disguised(path):
        raise UnsupportedType("two_types", "该文件同时是另一种类型的文件，不能作为佐证。")
    elif purpose == SIGNATURE:
        _check_drawn(path)
    else:
        _check_picture(path, filetype)


def _check_signature_declared(filetype: str, size: int) -> None:
    if filetype != filetypes.PNG:
        raise _no_signature()
    if size > LARGEST_SIGNATURE:
        raise TooLarge("too_large", "签名图片不得超过 1 MB。")


def _check_pdf(path: Path) -> None:
    fault = pdf.fault(path)
    if fault == pdf.ENCRYPTED:
        raise UnsupportedType(fault, "PDF 文件已加密，请去除密码后重新上传。")
    if fault:
        raise UnsupportedType(fault, "PDF 文件不完整或已损坏，请重新导出后上传。")


def _check_drawn(path: Path) -> None:
    if not _is_drawn(path):
        raise _no_signature()


def _check_picture(path: Path, filetype: str) -> None:
    """By its head and the structure of its file: what is not decoded costs neither memory nor time."""
    try:
        if not wholeness.is_whole(path, filetype):
            raise _broken_picture()
        with opened(path) as image:
            check_decodable(image, path)
    except TooManyPixels:
        raise UnsupportedType(
            "too_many_pixels", "图片像素过多，无法安全读取，请将相机设为普通分辨率后重新拍摄。"
        ) from None
    except Unreadable:
        raise _broken_picture() from None


def _broken_picture() -> Problem:
    return UnsupportedType("broken_picture", "图片不完整或已损坏，无法读取，请重新拍摄或重新选择后上传。")


def _no_heic() -> Problem:
    return UnsupportedType(
        "heic_unavailable", "本服务器不能读取 HEIC 照片，请在手机相机设置中选择“兼容性最佳”（JPEG）格式后重新拍摄。"
    )


def _no_signature() -> Problem:
    return UnsupportedType("no_signature", "签名须为手写笔迹的 PNG 图片。")


def _is_disguised(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(SEARCHED).lower()
        file.seek(max(0, path.stat().st_size - ZIP_END_SIZE))
        end = file.read(len(ZIP_END))
    return end == ZIP_END or any(mark.lower() in head for mark in DISGUISES)


def _is_drawn(path: Path) -> bool:
    """Whether it is a picture of a few strokes on white or on nothing."""
    try:
        with opened(path) as image:
            if image.width * image.height > SIGNATURE_PIXELS:
                return False
            check_decodable(image, path)
            return 0 < ink(image) <= MOST_INK
    except Unreadable:
        return False


def ink(image: Image.Image) -> float:
    """The share (0–1) of a picture that is drawn on, seen on white."""
    layers = image.convert("RGBA")
    seen = Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers).convert("L")
    return sum(seen.histogram()[: 255 - CONTRAST]) / (seen.width * seen.height)
