"""What newsrooms put before and behind a title is no part of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedupe.labels import FEWEST_LEFT, bare_title
from aggregator.text import fold

BARE = {"nl": "sluis bij weert kapot", "ar": "انهيار سد صغير قرب تازة", "fr": "une écluse cède à vire"}


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("LIVE | Sluis bij Weert kapot", BARE["nl"]),
        ("Update: Sluis bij Weert kapot", BARE["nl"]),
        ("[Video] Sluis bij Weert kapot", BARE["nl"]),
        ("Liveblog (gesloten) | Sluis bij Weert kapot", BARE["nl"]),
        ("UPDATE 1-Sluis bij Weert kapot", BARE["nl"]),
        ("عاجل: انهيار سد صغير قرب تازة", BARE["ar"]),
        ("عاجل انهيار سد صغير قرب تازة", BARE["ar"]),
        ("عاجل.. انهيار سد صغير قرب تازة", BARE["ar"]),
        ("Vidéo. Une écluse cède à Vire", "vidéo. une écluse cède à vire"),
        ("EN DIRECT : Une écluse cède à Vire", BARE["fr"]),
        ("Sluis bij Weert kapot (video)", BARE["nl"]),
        ("Sluis bij Weert kapot [foto's]", BARE["nl"]),
        ("انهيار سد صغير قرب تازة (فيديو)", BARE["ar"]),
        ("Sluis bij Weert kapot - De Maasbode", BARE["nl"]),
        ("Sluis bij Weert kapot | demaasbode.example", BARE["nl"]),
        ("Sluis bij Weert kapot – nieuws.maasbode.example", BARE["nl"]),
        ("BREAKING: Video | Sluis bij Weert kapot (foto's) - De Maasbode", BARE["nl"]),
        ("Sluis bij Weert kapot", BARE["nl"]),
    ],
)
def test_labels_tails_and_the_papers_name_are_taken_off(title: str, bare: str) -> None:
    assert bare_title(fold(title), ("De Maasbode",)).strip() == fold(bare)


@pytest.mark.parametrize(
    "title",
    [
        "Weert: sluis kapot na storm",
        "Minister: sluis bij Weert kapot",
        "Sluis bij Weert kapot - Limburg wacht",
        "Live muziek trekt volle zalen",
        "Update",
        "Video: kort",
        "De Maasbode - 5",
    ],
)
def test_what_is_part_of_the_title_stays(title: str) -> None:
    assert bare_title(fold(title), ("De Maasbode",)) == fold(title)


@given(
    st.lists(st.sampled_from(["live", "video:", "|", "-", "update", "(video)", "dam", "breuk"]), max_size=9)
)
def test_something_is_left_of_every_title(parts: list[str]) -> None:
    title = " ".join(parts)
    left = bare_title(title, ("dam breuk",))
    assert left in title
    assert left == title or len(left.strip()) >= FEWEST_LEFT - 1


@given(st.text(max_size=120), st.text(max_size=20))
def test_no_title_is_too_odd(title: str, paper: str) -> None:
    assert bare_title(fold(title), (paper,)) in fold(title)
