"""Pictures that are the same to the eye have hashes that are near; others do not; and they are found by index."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from backend.media.models import Appearance, Blob
from backend.media.rules import likeness
from backend.media.services import blobs, looking
from tests.media import scenes

SEEDS = range(50)


def of(image: Image.Image) -> int:
    found = likeness.of_picture(image)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def pictures() -> list[Image.Image]:
    return [scenes.scene(seed, (320, 240)) for seed in SEEDS]


@pytest.mark.parametrize("change", sorted(scenes.CHANGES))
def test_a_photo_stays_alike_when_it_is(change: str, pictures: list[Image.Image]) -> None:
    far = [likeness.distance(of(one), of(scenes.CHANGES[change](one))) for one in pictures[:25]]
    assert max(far) <= likeness.ALIKE


def test_unrelated_pictures_are_never_alike(pictures: list[Image.Image]) -> None:
    """1,225 pairs."""
    hashes = [of(one) for one in pictures]
    assert min(likeness.distance(one, other) for one, other in combinations(hashes, 2)) > likeness.ALIKE


@given(st.integers(1000, 10_000), st.integers(30, 95), st.floats(0.2, 1.5), st.floats(0, 0.015))
@settings(max_examples=25, deadline=None)
def test_compression_scale_and_a_small_crop_together(seed: int, quality: int, scale: float, crop: float) -> None:
    image = scenes.scene(seed, (320, 240))
    sent = scenes.compressed(scenes.scaled(scenes.cropped(image, crop), scale), quality)
    assert likeness.distance(of(image), of(sent)) <= likeness.ALIKE


@given(st.integers(-(2**63), 2**63 - 1), st.sets(st.integers(0, 63), max_size=likeness.ALIKE))
def test_of_hashes_alike_some_band_is_looked_up(one: int, changed: set[int]) -> None:
    other = one ^ sum(1 << place for place in changed)
    assert likeness.distance(one, other) == len(changed)
    pairs = zip(likeness.bands(one), likeness.bands(other), strict=True)
    assert any(second in likeness.near(first) for first, second in pairs)


def test_a_picture_with_nothing_in_it_is_like_none(tmp_path: Path) -> None:
    for name, form in (("white.png", "PNG"), ("white.jpg", "JPEG")):
        Image.new("RGB", (300, 200), "white").save(tmp_path / name, form)
        assert likeness.fingerprint(tmp_path / name) is None


def test_what_is_no_picture_has_no_hash(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(scenes.jpeg(scenes.scene(1))[:200])
    assert likeness.fingerprint(broken) is None


def test_the_hash_is_that_of_the_upright_picture_in_any_format(tmp_path: Path) -> None:
    image, turned = scenes.scene(5), Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    image.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=turned.tobytes())
    image.convert("RGBA").save(tmp_path / "plain.png")
    image.quantize(64).save(tmp_path / "palette.png")
    for path in tmp_path.iterdir():
        found = likeness.fingerprint(path)
        assert found is not None, path.name
        assert likeness.distance(found, of(image)) <= 4, path.name


@pytest.mark.django_db
class TestLookedUp:
    def kept(self, image: Image.Image, quality: int = 85) -> str:
        sha256 = blobs.keep(county_id=1, data=scenes.jpeg(image, quality), filetype="image/jpeg")
        assert looking.look(sha256) is not None
        return sha256

    def test_nearest_first_among_all_and_itself_left_out(self) -> None:
        image = scenes.scene(7)
        own, nearest = self.kept(image), self.kept(image, 60)
        near = self.kept(scenes.cropped(image, 0.02))
        for seed in range(100, 110):
            self.kept(scenes.scene(seed))
        found = looking.alike(own)
        assert {one.sha256 for one in found} == {nearest, near}
        assert [one.distance for one in found] == sorted(one.distance for one in found)

    def test_a_file_is_looked_at_once(self) -> None:
        sha256 = self.kept(scenes.scene(8))
        first = Appearance.objects.get(blob__sha256=sha256)
        looking.look(sha256)
        assert Appearance.objects.get(blob__sha256=sha256).looked_at == first.looked_at

    def test_documents_have_facts_and_no_likeness(self) -> None:
        sha256 = blobs.keep(county_id=1, data=b"%PDF-1.4 words", filetype="application/pdf")
        seen = looking.look(sha256)
        assert seen is not None
        assert (seen.facts["filetype"], seen.likeness) == ("application/pdf", None)
        assert looking.alike(sha256) == []

    def test_a_file_that_is_not_here_is_nothing(self) -> None:
        assert looking.look("ab" * 32) is None
        Blob.objects.create(sha256="cd" * 32, size=1, filetype="image/jpeg")
        with pytest.raises(FileNotFoundError):
            looking.look("cd" * 32)
