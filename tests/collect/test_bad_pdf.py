"""Hostile, encrypted and damaged PDF files."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from collecting import reason_of

from dalil.config import ReadingSettings


def stream_bomb() -> bytes:
    """A PDF of some hundred bytes whose one page unpacks to 20 MB of operators, twice packed."""
    packed = zlib.compress(zlib.compress(b"q Q " * 5_000_000, 9), 9)
    return pdf(packed, b"/Filter [/FlateDecode /FlateDecode]")


def image_bomb() -> bytes:
    """A PDF whose page is an image of 60,000 × 60,000 points."""
    image = b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>"
    data = zlib.compress(b"\0" * 1000)
    return pdf(b"/I Do", b"", image % len(data) + b"\nstream\n" + data + b"\nendstream")


def pdf(content: bytes, filters: bytes, image: bytes = b"null") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length %d %s >>\nstream\n" % (len(content), filters) + content + b"\nendstream",
        image,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


def nested_bomb() -> bytes:
    """A PDF whose page's contents are arrays in arrays, 200,000 deep."""
    return pdf(b"[" * 200_000 + b"]" * 200_000 + b" 0 d S", b"")


def many_paths() -> bytes:
    """A page that draws 100,000 short lines and says nothing."""
    return pdf(b"0 0 m 9 9 l S " * 100_000, b"")


def encrypted_pdf(path: Path) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), encrypt="secret")
    canvas.drawString(72, 700, "texte")
    canvas.save()
    return path.read_bytes()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (stream_bomb, "no text on any of its 1 pages"),
        (image_bomb, "no text on any of its 1 pages"),
        (nested_bomb, "no text on any of its 1 pages"),
        (many_paths, "no text on any of its 1 pages"),
        (lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 50, "damaged or cut off"),
        (lambda: pdf(b"", b"").replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"), ""),
    ],
    ids=["stream bomb", "image bomb", "nested bomb", "many paths", "truncated", "loop of pages"],
)
def test_a_hostile_pdf(make: Callable[[], bytes], reason: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(make())
    assert reason in reason_of(tmp_path / "a.pdf", ReadingSettings(memory_mb=512, seconds_per_file=20))


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    encrypted_pdf(tmp_path / "a.pdf")
    assert "needs a password" in reason_of(tmp_path / "a.pdf")
