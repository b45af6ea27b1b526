"""Links: resolve, compare, and allow only http(s). Pure: nothing is asked, nothing is looked up.

`resolve` makes the address that is stored, shown and followed; `canonical` makes the key under which two
addresses of one article meet, which nobody ever sees.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import NamedTuple
from unicodedata import category, normalize
from urllib.parse import parse_qsl, quote, unquote, urljoin


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST = 4096

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_ABSOLUTE = re.compile(r"(https?):/*([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
_SIGNS = r"(?:[A-Za-z0-9/:@!$&'()*+,;=._~?-]++|%[0-9A-Fa-f]{2})*+"
_NAME = r"(?:[a-z0-9_][a-z0-9_-]{0,62}\.)*[a-z0-9_][a-z0-9_-]{0,62}\.?"
_LEGAL = re.compile(_SIGNS)
_HOST = re.compile(_NAME)
_SOUND = re.compile(
    rf"https?://(?=[^/]{{1,254}}/){_NAME}/{_SIGNS}(?:#{_SIGNS})?"
)  # nothing to do: most links
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AT_THE_EDGES = "".join(map(chr, range(0x21)))
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: str  # without colon; empty for the default
    path: str  # begins with a slash
    query: str  # with its question mark, or empty
    fragment: str  # with its hash, or empty

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}{self.path}{self.query}{self.fragment}"


def resolve(link: str | None, base: str | None) -> str | None:
    """Return the absolute http(s) address that *link* has on the page *base*, in ASCII; None if it has none.

    White space and backslashes are read as browsers read them (WHATWG URL). User and password are dropped: an
    entry has no business to log its readers in. The result can be resolved again without change.
    """
    if link and len(link) <= LONGEST and _SOUND.fullmatch(link):
        return link
    parts = _parts(link, base) if link else None
    address = str(parts) if parts else None
    return address if address and len(address) <= LONGEST else None


def _parts(link: str, base: str | None = None) -> _Parts | None:
    spelt = _spelt(link)
    scheme = _SCHEME.match(spelt)
    if not spelt or len(spelt) > LONGEST or (scheme and scheme[1].lower() not in _DEFAULT_PORTS):
        return None
    if scheme is None:
        ground = _ground(base) if base else None
        spelt = _joined(ground, spelt) if ground else ""
    matched = _ABSOLUTE.fullmatch(spelt)
    return _taken_apart(matched) if matched else None


def _spelt(link: str) -> str:
    """Return *link* as a browser reads it: without outer blanks and inner breaks, slashes turned."""
    link = link.strip(_AT_THE_EDGES).replace("\t", "").replace("\n", "").replace("\r", "")
    if "\\" in link:
        address = re.match(r"[^?#]*", link)[0]  # type: ignore[index]  # it matches the empty string
        link = address.replace("\\", "/") + link[len(address) :]
    return link


@lru_cache(maxsize=256)
def _ground(base: str) -> str | None:
    return resolve(base, None)


def _joined(ground: str, link: str) -> str:
    try:
        return urljoin(ground, link)
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _taken_apart(matched: re.Match[str]) -> _Parts | None:
    scheme, authority, path, query, fragment = matched.groups("")
    name, colon, port = authority.rpartition("@")[2].rpartition(":")
    if not colon or "]" in port:
        name, port = name + colon + port, ""
    port = port.lstrip("0") if port.isascii() and port.isdigit() and int(port[-6:]) < 65536 else port and "?"
    found = _host(name)
    if not found or port == "?":
        return None
    scheme = scheme.lower()
    port = "" if port == _DEFAULT_PORTS[scheme] else port
    return _Parts(scheme, found, port, _encoded(path) or "/", _encoded(query), _encoded(fragment))


def _host(name: str) -> str | None:
    """Return a host in lower case, names in other scripts in Punycode; None if no server can have that name.

    IDNA without its tables: mapped by NFKC as UTS 46 does; invisible characters are refused rather than
    weighed, as they serve to pass for another host. Numeric forms of IPv4 are left to whoever connects.
    """
    if name.startswith("["):
        return _ipv6(name)
    if len(name) > 1000:
        return None
    if not name.isascii() or "%" in name:
        name = normalize("NFKC", normalize("NFKC", unquote(name).lower()).lower()).replace("。", ".")
        if any(category(sign)[0] in "CZ" for sign in name):
            return None
        name = ".".join(map(_ascii_label, name.split(".")))
    name = name.lower()
    return name if len(name) <= 254 and _HOST.fullmatch(name) else None


def _ipv6(name: str) -> str | None:
    try:
        return f"[{IPv6Address(name[1:-1])}]" if name.endswith("]") and "%" not in name else None
    except ValueError:
        return None


def _ascii_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def _encoded(part: str) -> str:
    """Return *part* with all that RFC 3986 does not allow percent-encoded as UTF-8."""
    if _LEGAL.fullmatch(part[1:]):
        return part
    sound = _SURROGATE.sub("\ufffd", _STRAY_PERCENT.sub("%25", part[1:]))
    return part[:1] + quote(sound, safe="%/:@!$&'()*+,;=?")


# Where a reader came from, never which article it is.
_TRACKING = _words(
    """
    __s __twitter_impression _branch_match_id _ga _gl _hsenc _hsmi _openstat action_object_map
    action_ref_map action_type_map amp_gsa amp_js_v at_bbc_team at_campaign at_campaign_type
    at_custom1 at_custom2 at_custom3 at_custom4 at_format at_link_id at_link_origin at_link_type
    at_medium at_ptr_name campaign_id cmp cmpid cmp_id cm_mmc cn-track dclid dm_i echobox ef_id epik
    fb_action_ids fb_action_types fb_ref fb_source fbclid fbadid ftag gbraid gclid gclsrc guccounter
    guce_referrer guce_referrer_sig hsctatracking icid igsh igshid intcid int_cid ito mbid mc_cid
    mc_eid mkt_tok mkwid ml_subscriber ml_subscriber_hash msclkid ncid nr_email_referer ns_campaign
    ns_fee ns_linkname ns_mchannel ns_source oly_anon_id oly_enc_id pcrid recip_id rb_clickid s_cid
    s_kwcid sc_campaign sc_cid share_id smid smtyp soc_src soc_trk spm srnd sr_share sref taid trk
    trkcampaign ttclid twclid twitter_impression vero_conv vero_id wbraid wickedid wprov wt_mc
    wt.mc_id wt.mc_ev wtrid xtor xtref yclid ysclid zanpid
    """
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_", "itm_", "stm_")
# Names that elsewhere choose the article: dropped only with a value that tells where the reader came from.
_REFERRING = frozenset({"ref", "referrer", "source", "src", "from", "via", "origin"})
_REFERRERS = _words(
    """
    atom facebook fb feed feedburner homepage linkedin mail newsletter rss rss2.0 share social
    telegram twitter whatsapp x
    """
)
_AMP_QUERY = {"amp": ("", "1", "true"), "outputtype": ("amp",), "output": ("amp",), "_amp": ("", "1", "true")}

# Hosts that only pass on, and the parameter in which the address stands.
_REDIRECTORS = {
    "google.com/url": ("url", "q"),
    "news.google.com/news/url": ("url",),
    "bing.com/news/apiclick.aspx": ("url",),
    "duckduckgo.com/l": ("uddg",),
    "facebook.com/l.php": ("u",),
    "l.facebook.com/l.php": ("u",),
    "lm.facebook.com/l.php": ("u",),
    "l.instagram.com": ("u",),
    "linkedin.com/redir/redirect": ("url",),
    "out.reddit.com": ("url",),
    "slack-redir.net/link": ("url",),
    "steamcommunity.com/linkfilter": ("url", "u"),
    "t.umblr.com/redirect": ("z",),
    "vk.com/away.php": ("to",),
    "away.vk.com/away.php": ("to",),
    "youtube.com/redirect": ("q",),
    "go.redirectingat.com": ("url",),
    "redirect.viglink.com": ("u", "url"),
    "exit.sc": ("url",),
}
_AMP_CACHE = re.compile(
    r"http://(?:google\.[a-z.]{2,6}/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[a-z]+|bing-amp\.com/[a-z])/(?:s/)?(.+)"
)
_VARIANT = re.compile(r"(?:(?:www|m|mobile|amp)\.)+(?=[^.]+\.[^.])")
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")


def canonical(link: str) -> str:
    """Return the form under which two addresses of one article are equal; never shown, never fetched.

    What is dropped is what publishers add to one and the same page; whatever may choose another page stays,
    for a headline lost in a false match is worse than one shown twice. A link that is none stays as it is.
    """
    parts = _parts(link)
    if parts is None or len(str(parts)) > LONGEST:
        return link.strip()
    place = _compared(parts)
    inner = _wrapped(place)
    return canonical(inner) if inner else str(place)


def _wrapped(place: _Parts) -> str | None:
    """Return the article's own address where it stands in that of a redirector or of an AMP cache."""
    names = _REDIRECTORS.get(f"{place.host}{place.path.rstrip('/')}", ())
    inside = [value for name, value in parse_qsl(place.query[1:]) if name in names] if names else []
    cached = _AMP_CACHE.match(str(place))
    if cached:
        inside.append(f"https://{cached[1]}")
    return next((address for value in inside if (address := resolve(value, None))), None)


def _compared(parts: _Parts) -> _Parts:
    # Nobody publishes another article on https, on www. or on the mobile host under the same path.
    host = _VARIANT.sub("", parts.host.rstrip("."))
    port = "" if parts.port in _DEFAULT_PORTS.values() else parts.port
    # #! and #/ are the routes of pages made by scripts; every other fragment is a place on the page.
    fragment = parts.fragment if parts.fragment.startswith(("#!", "#/")) else ""
    return _Parts("http", host, port, _path(parts.path), _query(parts.query), fragment)


def _path(path: str) -> str:
    """Return *path* without the endings that servers take for nothing, or for the AMP form of the page."""
    path = _same_percents(_SESSION.sub("", path))
    while True:
        shorter = path.rstrip("/")
        for name in ("/index.html", "/index.htm", "/index.php"):
            shorter = shorter.removesuffix(name)
        # The whole path /amp may be an article's name; below another one it is the AMP form.
        if shorter.count("/") > 1:
            shorter = shorter.removesuffix("/amp")
        if shorter.endswith((".amp.html", ".amp")):
            shorter = shorter.removesuffix(".html").removesuffix(".amp") + ".html" * shorter.endswith(".html")
        if shorter == path or not shorter:
            return shorter or "/"
        path = shorter


def _query(query: str) -> str:
    """Return what is left of *query* without trackers, sorted: servers do not look at the order."""
    pairs = [pair.partition("=") for pair in query[1:].replace("+", "%20").split("&") if pair]
    kept = sorted(
        _same_percents(name + equals + value)
        for name, equals, value in pairs
        if not _says_nothing(name, value)
    )
    return "?" + "&".join(kept) if kept else ""


def _says_nothing(name: str, value: str) -> bool:
    name, value = unquote(name).lower(), value.lower()
    return (
        name in _TRACKING
        or name.startswith(_TRACKING_PREFIXES)
        or (name in _REFERRING and value in _REFERRERS)
        or value in _AMP_QUERY.get(name, ())
    )


def _same_percents(part: str) -> str:
    """Return *part* with one spelling of each encoded character (RFC 3986, 6.2.2)."""
    return _PERCENT.sub(_same_percent, part) if "%" in part else part


def _same_percent(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign.isascii() and (sign.isalnum() or sign in "-._~") else match[0].upper()


def is_article(link: str) -> bool:
    """Return whether *link* can name one article: a site's home page, without path or query, can not."""
    parts = _parts(canonical(link))
    return parts is not None and bool(parts.path != "/" or parts.query or parts.fragment)


def host(link: str) -> str:
    """Return the host that *link* leads to, in lower case and without port; '' if it leads nowhere."""
    parts = _parts(link)
    return parts.host if parts else ""


# The second form is a password with an unencoded / ? or #, an easy mistake in feeds.yaml: what follows the
# colon is no port, and an @ comes later.
_CREDENTIALS = re.compile(
    r"\s*([a-z][a-z0-9+.-]*:[/\\]+)(?:[^/?#\\]*@|[^/?#\\@:]*:(?!\d{0,5}(?:[/?#\\]|\Z)).*@)",
    re.IGNORECASE | re.DOTALL,
)


def without_credentials(link: str) -> str:
    """Return *link* without user and password, for showing and for logs; any scheme will do."""
    return _CREDENTIALS.sub(r"\1", link, count=1) if "@" in link and _CREDENTIALS.match(link) else link


_FOR_READERS = re.compile(r"(?:feed|rss|pcast|itpc):/*", re.IGNORECASE)
_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:/", re.IGNORECASE)


def askable(address: str) -> str | None:
    """Return the address of a feed, as people and other programs write it, in the form that can be asked.

    feed: and its like stand for http:, and a fragment is never sent. Unlike in `resolve`, user and password
    stay. None where it is no web address.
    """
    spelt = _spelt(address)
    if reader := _FOR_READERS.match(spelt):
        rest = spelt[reader.end() :]
        spelt = rest if _WITH_SCHEME.match(rest) else f"http://{rest}"
    address = resolve(without_credentials(spelt), None) or ""
    scheme, mark, rest = address.partition("#")[0].partition("://")
    return f"{scheme}{mark}{credentials(spelt)}{rest}" if mark else None


def credentials(link: str) -> str:
    """Return user and password of *link* with the @ behind them; '' where it has none."""
    found = _CREDENTIALS.match(link) if "@" in link else None
    return "".join(link[found.end(1) : found.end()].split()) if found else ""
