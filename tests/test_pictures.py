"""Pictures of stories: every size and kind that readers need, and no picture that keeps a page from being built."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from conftest import Newsroom
from dateline import imaging, picture_size, pictures
from dateline.errors import DatelineError
from dateline.request import Request
from photos import animated, photo, put, read, turned

SHIP = "2026/11/20/ship/index.html"
HERE = {"src": "photo.jpg", "alt": "A ship in the harbour", "caption": "The ferry", "credit": "Jana Beispiel"}


def files(newsroom: Newsroom) -> dict[str, bytes]:
    return {name: data for name, data in newsroom.tree().items() if name.startswith("media/")}


def small(newsroom: Newsroom, more: str = "") -> None:
    """Sizes that are made in no time."""
    newsroom.settle(f'[images]\nwidths = [40, 80, 160]\nformats = ["webp", "jpeg"]\n{more}')


def test_a_picture_is_shown_in_every_size_and_format_and_none_is_larger_than_itself(newsroom: Newsroom) -> None:
    newsroom.settle("[images]\nwidths = [40, 80, 160]\n")
    put(newsroom.root / "content", "photo.jpg", photo((120, 60)))
    newsroom.write("ship", image=HERE)

    report = newsroom.build()

    assert not report.problems
    sizes = {re.sub(r"^media/photo-[0-9a-f]{10}-", "", name): read(data).size for name, data in files(newsroom).items()}
    assert sizes == {f"{w}.{kind}": (w, w // 2) for w in (40, 80, 120) for kind in ("avif", "webp", "jpg")}
    page = newsroom.read(SHIP)
    for name in files(newsroom):
        assert f"/{name}" in page
    assert 'width="120" height="60"' in page
    assert 'alt="A ship in the harbour"' in page
    assert "The ferry" in page
    assert "Jana Beispiel" in page


def test_the_picture_of_a_tag_comes_in_all_sizes_and_a_lost_one_is_named(newsroom: Newsroom) -> None:
    put(newsroom.root / "static/faces", "harbour.jpg", photo())
    terms = (
        '[terms."keyword:harbour"]\npicture = "faces/harbour.jpg"\n[terms."keyword:sea"]\npicture = "faces/none.jpg"\n'
    )
    put(newsroom.root / "content", "_tags.toml", terms.encode())
    put(newsroom.root / "static/faces", "broken.jpg", b"nothing")
    newsroom.write("one", tags=["harbour", "sea"])
    newsroom.write("two", tags=["harbour", "sea"])

    report = newsroom.build()

    page = newsroom.read("tags/harbour/index.html")
    assert re.search(r'<source type="image/webp" srcset="/media/harbour-\w+-480.webp 480w', page)
    assert re.search(r'<img class="face" src="/media/harbour-\w+-\d+.jpg" .* alt="" width="\d+" height="\d+">', page)
    assert [(p.place, p.problem) for p in report.problems] == [
        ("content/_tags.toml", "picture faces/none.jpg is not there")
    ]
    assert "<img" not in newsroom.read("tags/sea/index.html")

    put(newsroom.root / "content", "_tags.toml", terms.replace("none.jpg", "broken.jpg").encode())
    assert [p.place for p in newsroom.build().problems] == ["content/_tags.toml"]
    put(newsroom.root / "content", "_tags.toml", b"")
    newsroom.build()
    assert not list((newsroom.root / "build/media").glob("harbour-*"))


def test_feeds_carry_the_middle_size_with_its_exact_length(newsroom: Newsroom) -> None:
    small(newsroom)
    put(newsroom.root / "content", "photo.jpg", photo())
    newsroom.write("ship", image=HERE)
    newsroom.build()

    enclosure = next(ET.fromstring(newsroom.read("feed.xml")).iter("enclosure")).attrib
    name = enclosure["url"].removeprefix("https://harbour.example/")
    assert name.endswith("-80.jpg")
    assert int(enclosure["length"]) == len(newsroom.tree()[name])
    assert enclosure["type"] == "image/jpeg"


def test_sharing_and_search_engines_get_the_largest_jpeg(newsroom: Newsroom) -> None:
    small(newsroom)
    put(newsroom.root / "content", "photo.jpg", photo())
    newsroom.write("ship", image=HERE)
    newsroom.build()

    page = newsroom.read(SHIP)
    largest = next(name for name in files(newsroom) if name.endswith("-160.jpg"))
    assert f'<meta property="og:image" content="https://harbour.example/{largest}">' in page
    assert f'"url":"https://harbour.example/{largest}"' in page
    assert '"creditText":"Jana Beispiel"' in page


def test_pictures_are_found_beside_the_article_below_content_and_below_static(newsroom: Newsroom) -> None:
    small(newsroom)
    for folder, name in (("content/2026", "beside.jpg"), ("content", "shelf/photo.jpg"), ("static", "logo/photo.jpg")):
        put(newsroom.root / folder, name, photo())
    for n, src in enumerate(
        (
            "beside.jpg",
            "./beside.jpg",
            "shelf/photo.jpg",
            "logo/photo.jpg",
            "/logo/photo.jpg",
            "static/logo/photo.jpg",
            "content/shelf/photo.jpg",
            "../shelf/photo.jpg",
        )
    ):
        newsroom.write(f"2026/story{n}", image=src)

    assert not newsroom.build().problems
    assert all(
        "<picture>" in data.decode()
        for name, data in newsroom.tree().items()
        if re.match(r"2026/11/20/story\d/index", name)
    )


@pytest.mark.parametrize(
    "src",
    ["../../secret.jpg", "/../../secret.jpg", "../dateline.toml", "..", "/", "%2e%2e/secret.jpg", "a\nb.jpg", "folder"],
)
def test_a_picture_outside_the_newsroom_is_named_and_never_read(newsroom: Newsroom, src: str) -> None:
    put(newsroom.root.parent, "secret.jpg", photo())
    put(newsroom.root, "secret.jpg", photo())
    (newsroom.root / "content" / "folder").mkdir()
    newsroom.write("ship", image=src)

    report = newsroom.build()

    assert [(p.place, p.level) for p in report.problems] == [("content/ship.md", "warning")]
    assert not files(newsroom)
    assert SHIP in newsroom.tree()


def test_a_link_is_not_followed(newsroom: Newsroom) -> None:
    put(newsroom.root.parent, "secret.jpg", photo())
    (newsroom.root / "content" / "photo.jpg").symlink_to(newsroom.root.parent / "secret.jpg")
    newsroom.write("ship", image="photo.jpg")

    assert "is a link" in newsroom.build().problems[0].problem
    assert not files(newsroom)


def test_a_picture_elsewhere_is_never_asked_for_and_complained_of_once(newsroom: Newsroom) -> None:
    newsroom.write("ship", image="https://pictures.example/a/photo.jpg?w=1")

    report = newsroom.build()
    assert "https://pictures.example/a/photo.jpg" in report.problems[0].problem
    assert report.problems[0].level == "warning"
    assert "pictures.example" not in newsroom.read(SHIP) + newsroom.read("index.html")

    put(newsroom.root / "content", "photo.jpg", photo((100, 50)))
    newsroom.build()
    assert "<picture>" in newsroom.read(SHIP)


def huge() -> bytes:
    """A PNG that says it is 60,000 pixels wide and high; a few bytes."""
    head = struct.pack(">II5B", 60000, 60000, 8, 2, 0, 0, 0)
    import zlib

    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )


BROKEN = {
    "truncated.jpg": photo()[:3000],
    "empty.jpg": b"",
    "text.jpg": b"This is no picture.",
    "page.png": b"<!doctype html><title>404</title>",
    "vector.svg": b'\xef\xbb\xbf <svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "script.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "bomb.png": huge(),
    "large.png": huge()[:16] + struct.pack(">II", 9000, 9000) + huge()[24:],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_picture_is_named_and_its_page_is_built_without_it(newsroom: Newsroom, name: str) -> None:
    put(newsroom.root / "content", name, BROKEN[name])
    newsroom.write("ship", image=name)

    for _ in range(2):  # and named again, for nobody has mended it
        (problem,) = newsroom.build().problems
        assert problem.place == "content/ship.md"
        assert problem.problem.startswith(f"picture content/{name} ")
        assert problem.remedy
        assert problem.level == "warning"
    assert "<picture" not in newsroom.read(SHIP)
    assert not files(newsroom)


def test_a_picture_over_the_limit_is_not_read(newsroom: Newsroom) -> None:
    newsroom.settle("[limits]\npicture = 1000\n")
    put(newsroom.root / "content", "photo.jpg", photo())
    newsroom.write("ship", image="photo.jpg")

    assert "larger than 1,000 bytes" in newsroom.build().problems[0].problem
    assert newsroom.build().made == frozenset()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    from PIL import ImageOps

    data = turned(orientation)
    upright = ImageOps.exif_transpose(read(data))

    picture = imaging.opened(data, "x", 300)
    made = read(imaging.made(picture, 300, "jpeg"))

    assert (picture.sight.width, picture.sight.height) == upright.size
    assert made.size == (300, round(300 * upright.height / upright.width))
    assert 0x0112 not in made.getexif()
    for corner in ((5, 5), (made.width - 5, 5), (5, made.height - 5)):
        there = (corner[0] * upright.width // made.width, corner[1] * upright.height // made.height)
        assert all(abs(a - b) < 30 for a, b in zip(made.getpixel(corner), upright.getpixel(there), strict=True))


def test_metadata_goes_but_credit_and_copyright_stay(newsroom: Newsroom) -> None:
    small(newsroom)
    exif = Image.Exif()
    exif[0x013B], exif[0x8298], exif[0x010F] = "Jana Beispiel", "© Hafenfoto", "Camera No. 5"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    put(newsroom.root / "content", "photo.jpg", photo(exif=exif.tobytes(), comment=b"secret", dpi=(300, 300)))
    newsroom.write("ship", image="photo.jpg")
    newsroom.build()

    for name, data in files(newsroom).items():
        found = read(data).getexif()
        assert set(found) == {0x013B, 0x8298}, name
        assert (found[0x013B].strip("\0"), "Hafenfoto" in found[0x8298]) == ("Jana Beispiel", True)
        assert b"Camera" not in data
        assert b"secret" not in data
    assert "Picture: Jana Beispiel" in newsroom.read(SHIP)  # nobody else was named


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "CMYK", {}),
        ("JPEG", "L", {}),
        ("PNG", "P", {}),
        ("PNG", "1", {}),
        ("PNG", "I;16", {}),
        ("TIFF", "CMYK", {}),
        ("BMP", "RGB", {}),
        ("WEBP", "RGB", {}),
        ("AVIF", "RGB", {}),
        ("GIF", "P", {}),
    ],
)
def test_whatever_its_colours_a_picture_ends_in_ones_that_browsers_show(
    kind: str, mode: str, options: dict[str, object]
) -> None:
    if mode == "I;16":
        file = io.BytesIO()
        Image.new("I;16", (60, 40), 40000).save(file, "PNG")
        data = file.getvalue()
    else:
        data = photo((60, 40), kind, mode, **options)

    made = read(imaging.made(imaging.opened(data, "x", 30), 30, "jpeg"))

    assert (made.mode, made.size) == ("RGB", (30, 20))
    right = made.getpixel((25, 10))
    assert min(right) > 100


def test_sixteen_bits_of_grey_keep_their_shade() -> None:
    file = io.BytesIO()
    Image.new("I;16", (60, 40), 128 * 256).save(file, "PNG")

    made = read(imaging.made(imaging.opened(file.getvalue(), "x", 60), 60, "jpeg"))

    assert all(abs(v - 128) < 4 for v in made.getpixel((10, 10)))


def test_a_picture_with_a_colour_profile_is_brought_to_srgb_and_a_broken_profile_is_ignored() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"broken"):
        made = read(imaging.made(imaging.opened(photo((60, 40), icc_profile=icc), "x", 60), 60, "jpeg"))
        assert "icc_profile" not in made.info
        assert all(abs(a - b) < 12 for a, b in zip(made.getpixel((50, 20)), (200, 180, 160), strict=True))


def test_what_is_transparent_stays_so_where_the_format_can_and_stands_on_white_elsewhere() -> None:
    picture = imaging.opened(photo((60, 40), "PNG", "RGBA"), "x", 60)

    assert read(imaging.made(picture, 60, "webp")).mode == "RGBA"
    jpeg = read(imaging.made(picture, 60, "jpeg"))
    assert jpeg.mode == "RGB"
    assert min(jpeg.getpixel((50, 1))) > 240


def test_of_an_animation_the_first_frame_is_shown_and_the_desk_is_told(newsroom: Newsroom) -> None:
    small(newsroom)
    put(newsroom.root / "content", "move.gif", animated())
    newsroom.write("ship", image="move.gif")

    assert "first frame" in newsroom.build().problems[0].problem
    assert {read(data).size for data in files(newsroom).values()} == {(40, 40), (64, 64)}


def test_files_are_made_once_and_stay_while_stories_change(newsroom: Newsroom) -> None:
    small(newsroom)
    put(newsroom.root / "content", "photo.jpg", photo())
    newsroom.write("ship", image=HERE)
    newsroom.write("storm", image="photo.jpg")
    newsroom.build()
    assert len(files(newsroom)) == 6  # two stories, one picture
    before = files(newsroom)

    newsroom.write("ship", image={**HERE, "alt": "Another text"}, body="Other words.")
    report = newsroom.build()

    assert not [key for key in report.made if key.startswith("media/")]
    assert files(newsroom) == before
    assert "Another text" in newsroom.read(SHIP)
    assert newsroom.build().made == frozenset()
    assert newsroom.tree() == newsroom.clean_build()


def test_another_picture_under_the_same_name_gets_another_address_everywhere(newsroom: Newsroom) -> None:
    small(newsroom)
    path = put(newsroom.root / "content", "photo.jpg", photo())
    newsroom.write("ship", image=HERE, tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    newsroom.build()
    before = set(files(newsroom))

    path.write_bytes(photo((500, 500)))
    report = newsroom.build()

    assert not before & set(files(newsroom))
    assert before <= report.removed
    assert {SHIP, "index.html", "feed.xml"} <= report.made
    assert newsroom.tree() == newsroom.clean_build()


def test_a_picture_under_embargo_stays_in_the_house_and_goes_with_its_story(newsroom: Newsroom) -> None:
    small(newsroom)
    put(newsroom.root / "content", "photo.jpg", photo())
    newsroom.write("ship", image=HERE, embargo="2026-11-22T13:00:00Z")
    newsroom.build()
    assert not files(newsroom)

    newsroom.write("ship", image=HERE)
    newsroom.build()
    assert files(newsroom)
    newsroom.write("ship", image=HERE, status="withdrawn")
    newsroom.build()
    assert not files(newsroom)
    assert "photo" not in newsroom.read(SHIP)


def test_a_picture_that_comes_and_goes_is_noticed(newsroom: Newsroom) -> None:
    small(newsroom)
    newsroom.write("ship", image="photo.jpg")
    assert newsroom.build().problems[0].problem == "picture photo.jpg is not there"

    path = put(newsroom.root / "content", "photo.jpg", photo())
    assert not newsroom.build().problems
    assert "<picture>" in newsroom.read(SHIP)
    path.unlink()
    assert newsroom.build().problems
    assert newsroom.tree() == newsroom.clean_build()


def test_without_the_library_the_picture_is_handed_through_with_its_size(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "ready", lambda: False)
    data = put(newsroom.root / "content", "photo.jpg", photo((123, 45))).read_bytes()
    put(newsroom.root / "content", "old.tiff", photo((20, 20), "TIFF"))
    newsroom.write("ship", image=HERE)
    newsroom.write("storm", image="old.tiff")

    report = newsroom.build()

    assert list(files(newsroom).values()) == [data]
    assert 'width="123" height="45"' in newsroom.read(SHIP)
    assert "<picture>" not in newsroom.read(SHIP)
    assert f'length="{len(data)}"' in newsroom.read("feed.xml")
    assert [p.problem for p in report.problems] == ["picture content/old.tiff is no picture that browsers show"]


def test_pictures_switched_off_are_handed_through(newsroom: Newsroom) -> None:
    newsroom.settle("[images]\nenabled = false\n")
    put(newsroom.root / "static", "photo.png", photo((30, 20), "PNG"))
    newsroom.write("ship", image="photo.png")
    newsroom.build()

    assert len(files(newsroom)) == 1
    assert newsroom.build().made == frozenset()


def test_many_pictures_are_looked_at_in_several_processes(newsroom: Newsroom) -> None:
    from dateline import pipeline

    small(newsroom)
    for n in range(6):
        put(newsroom.root / "content", f"p{n}.jpg", photo((100 + n, 50)))
        newsroom.write(f"story{n}", image=f"p{n}.jpg")

    report = pipeline.build(Request(root=newsroom.root, now=newsroom.now, jobs=2), newsroom.settings)

    assert not report.problems
    assert len(files(newsroom)) == 6 * 3 * 2
    assert newsroom.tree() == newsroom.clean_build()


def test_a_picture_that_changes_while_the_site_is_built_is_named(newsroom: Newsroom) -> None:
    from dateline.page import SiteView  # noqa: F401
    from dateline.press import Context, Press
    from dateline.recipes import PictureRecipe

    put(newsroom.root / "content", "photo.jpg", photo())
    press = Press(Context(newsroom.root, newsroom.settings, None, {}, None))  # type: ignore[arg-type]

    with pytest.raises(DatelineError, match="has changed"):
        press.picture(PictureRecipe("content/photo.jpg", b"another", 80, 80, "jpeg"))


def test_a_worker_lost_to_a_picture_is_a_fault_of_the_picture() -> None:
    path, look = pictures.lost("content/photo.jpg")

    assert path == "content/photo.jpg"
    assert look.problem


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (photo((30, 20)), ("jpg", 30, 20)),
        (photo((30, 20), progressive=True), ("jpg", 30, 20)),
        (photo((30, 20), "PNG"), ("png", 30, 20)),
        (photo((30, 20), "GIF", "P"), ("gif", 30, 20)),
        (photo((30, 20), "WEBP"), ("webp", 30, 20)),
        (photo((30, 20), "WEBP", lossless=True), ("webp", 30, 20)),
        (photo((30, 20), "WEBP", "RGBA"), ("webp", 30, 20)),
        (photo((30, 20), "AVIF"), ("avif", 30, 20)),
    ],
)
def test_the_size_of_a_web_picture_is_read_from_its_first_bytes(data: bytes, expected: tuple[str, int, int]) -> None:
    found = picture_size.kind(data)

    assert found is not None
    assert (found.suffix, found.width, found.height) == expected


@given(
    st.sampled_from(
        [photo((9, 9)), photo((9, 9), "PNG"), photo((9, 9), "GIF", "P"), photo((9, 9), "WEBP"), photo((9, 9), "AVIF")]
    ),
    st.integers(0, 400),
    st.binary(max_size=8),
)
def test_no_bytes_make_it_raise(data: bytes, cut: int, junk: bytes) -> None:
    picture_size.kind(data[:cut] + junk)
    picture_size.kind(data[:cut] + junk + data[cut + len(junk) :])


@given(
    st.sampled_from(
        [
            photo((40, 40)),
            photo((40, 40), "PNG"),
            photo((40, 40), "GIF", "P"),
            photo((40, 40), "WEBP"),
            photo((40, 40), "TIFF"),
        ]
    ),
    st.integers(0, 900),
    st.binary(min_size=1, max_size=20),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_damaged_pictures_are_shown_or_refused_and_nothing_else(data: bytes, at: int, junk: bytes) -> None:
    damaged = data[:at] + junk + data[at + len(junk) :]
    try:
        picture = imaging.opened(damaged, "x", 20)
    except DatelineError:
        return
    assert read(imaging.made(picture, 20, "jpeg")).format == "JPEG"


def test_the_same_picture_gives_the_same_bytes() -> None:
    data = photo((300, 200))

    def once() -> list[bytes]:
        picture = imaging.opened(data, "x", 160)
        return [imaging.made(picture, 80, kind) for kind in imaging.formats(("avif", "webp", "jpeg"))]

    assert once() == once()


def test_the_source_of_a_picture_is_no_page_of_the_site(newsroom: Newsroom, tmp_path: Path) -> None:
    small(newsroom)
    put(newsroom.root / "content", "photo.jpg", photo())
    newsroom.write("ship", image="photo.jpg")
    newsroom.build()

    assert "photo.jpg" not in {Path(name).name for name in newsroom.tree()}
