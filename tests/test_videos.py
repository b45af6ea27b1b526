"""The page of an embedded video."""

from __future__ import annotations

import pytest

from aggregator.videos import video_page

YOUTUBE = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"


@pytest.mark.parametrize(
    ("player", "page"),
    [
        ("https://www.youtube.com/embed/aqz-KE-bpKQ", YOUTUBE),
        ("http://youtube.com/embed/aqz-KE-bpKQ?start=3&origin=https://e.org", YOUTUBE),
        ("https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ#t", YOUTUBE),
        ("https://www.youtube.com/v/aqz-KE-bpKQ?version=3", YOUTUBE),
        (
            "https://www.youtube.com/embed/videoseries?si=x&list=PL1",
            "https://www.youtube.com/playlist?list=PL1",
        ),
        ("https://player.vimeo.com/video/76979871?dnt=1", "https://vimeo.com/76979871"),
        (
            "https://player.vimeo.com/video/76979871?dnt=1&h=8272103f6e",
            "https://vimeo.com/76979871/8272103f6e",
        ),
        ("https://www.dailymotion.com/embed/video/x84sh87?a", "https://www.dailymotion.com/video/x84sh87"),
        (
            "https://geo.dailymotion.com/player/x1.html?video=x84sh87",
            "https://www.dailymotion.com/video/x84sh87",
        ),
        ("https://embed.ted.com/talks/a_b?subtitle=nl", "https://www.ted.com/talks/a_b"),
        ("https://tube.example:8443/videos/embed/9c9de5e8-0a1e", "https://tube.example:8443/w/9c9de5e8-0a1e"),
        ("https://www.youtube.com/embed/videoseries", None),
        ("https://www.youtube.com/embed/too-short", None),
        ("https://www.youtube.com.evil.example/embed/aqz-KE-bpKQ", None),
        ("https://evil.example/?https://www.youtube.com/embed/aqz-KE-bpKQ", None),
        ("https://player.vimeo.com/video/x", None),
        ("javascript://www.youtube.com/embed/aqz-KE-bpKQ", None),
        ("https://maps.example/embed/1", None),
        ("", None),
    ],
)
def test_a_player_leads_to_the_page_of_its_video(player: str, page: str | None) -> None:
    assert video_page(player) == page
