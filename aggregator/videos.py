"""Videos: from the address of a player that others embed to the page on which its video is watched."""

from __future__ import annotations

import re

# A player, and the page. What a player's address says of autoplay, of the site it stands on or of its reader
# is left behind.
_PLAYERS = tuple(
    (re.compile(pattern, re.IGNORECASE), page)
    for pattern, page in (
        (
            r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com/embed/videoseries/?\?(?:.*&)?list=([\w-]{2,64})(?:[&#].*)?",
            r"https://www.youtube.com/playlist?list=\1",
        ),
        (
            r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:embed|v|e|shorts)/(?!videoseries)([\w-]{11})(?:[/?&#].*)?",
            r"https://www.youtube.com/watch?v=\1",
        ),
        (
            r"player\.vimeo\.com/video/([0-9]{1,12})/?\?(?:.*&)?h=([0-9a-f]{1,32})(?:[&#].*)?",
            r"https://vimeo.com/\1/\2",
        ),
        (r"player\.vimeo\.com/video/([0-9]{1,12})(?:[/?#].*)?", r"https://vimeo.com/\1"),
        (
            r"(?:www\.|geo\.)?dailymotion\.com/(?:embed|swf)/video/([a-z0-9]{1,20})(?:[/?#_].*)?",
            r"https://www.dailymotion.com/video/\1",
        ),
        (
            r"geo\.dailymotion\.com/player(?:/[a-z0-9]{1,20})?\.html\?(?:.*&)?video=([a-z0-9]{1,20})(?:[&#].*)?",
            r"https://www.dailymotion.com/video/\1",
        ),
        (
            r"embed(?:-ssl)?\.ted\.com/(talks/[\w./-]{1,200}?)(?:\.html)?(?:[?#].*)?",
            r"https://www.ted.com/\1",
        ),
        # PeerTube, on whoever's machine
        (r"([a-z0-9.-]{1,253}(?::[0-9]{1,5})?)/videos/embed/([\w-]{8,64})(?:[/?#].*)?", r"https://\1/w/\2"),
    )
)


def video_page(address: str) -> str | None:
    """Return the page of the video that the player at *address* shows; None if it is no player."""
    scheme, mark, rest = address.partition("://")
    if not mark or scheme not in {"http", "https"}:
        return None
    found = ((player.fullmatch(rest), page) for player, page in _PLAYERS)
    return next((matched.expand(page) for matched, page in found if matched), None)
