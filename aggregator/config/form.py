"""The form: every key that feeds.yaml may have, what it means and what may be filled in. Pydantic checks it.

The descriptions are what `aggregator schema` tells an editor, and what a message says of a missing key.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema

from aggregator.config import addresses, kinds
from aggregator.model import SHARES, Config

_TEXT = {"type": "string"}
_ADDRESS = {"type": "string", "pattern": "^https?://[^\\s/]+\\S*$"}

Text = Annotated[str, PlainValidator(kinds.text), WithJsonSchema(_TEXT)]
Line = Annotated[str, PlainValidator(kinds.line), WithJsonSchema({"type": "string", "minLength": 1})]
Duration = Annotated[
    timedelta, PlainValidator(kinds.duration), WithJsonSchema({"type": "string", "pattern": kinds.DURATION})
]
Size = Annotated[
    int,
    PlainValidator(kinds.size),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": kinds.SIZE}, {"type": "integer", "minimum": 1}]}),
]
Count = Annotated[
    int,
    PlainValidator(partial(kinds.whole, least=1, most=100_000)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 100_000}),
]
Priority = Annotated[
    int,
    PlainValidator(partial(kinds.whole, least=-1000, most=1000)),
    WithJsonSchema({"type": "integer", "minimum": -1000, "maximum": 1000}),
]
Flag = Annotated[bool, PlainValidator(kinds.flag), WithJsonSchema({"type": "boolean"})]
Language = Annotated[
    str,
    PlainValidator(kinds.language),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{2,3}([_-].+)?$"}),
]
_PAGE_LANGUAGES = ("en", "nl", "fr", "ar")
PageLanguage = Annotated[
    str,
    PlainValidator(partial(kinds.one_of, options=_PAGE_LANGUAGES)),
    WithJsonSchema({"enum": list(_PAGE_LANGUAGES)}),
]
_SHARES = ("copy", "mail", *SHARES)
Share = Annotated[
    str, PlainValidator(partial(kinds.one_of, options=_SHARES)), WithJsonSchema({"enum": list(_SHARES)})
]
_IMAGES = ("direct", "proxy", "none")
Images = Annotated[
    Literal["direct", "proxy", "none"],
    PlainValidator(partial(kinds.one_of, options=_IMAGES)),
    WithJsonSchema({"enum": list(_IMAGES)}),
]
Timezone = Annotated[str, PlainValidator(kinds.timezone), WithJsonSchema(_TEXT)]
Key = Annotated[str, PlainValidator(kinds.key), WithJsonSchema({"type": "string", "pattern": kinds.KEY})]
Pattern = Annotated[str, PlainValidator(kinds.pattern), WithJsonSchema({"type": "string", "format": "regex"})]
Network = Annotated[str, PlainValidator(kinds.network), WithJsonSchema(_TEXT)]
Pair = Annotated[
    tuple[str, str],
    PlainValidator(kinds.pair),
    WithJsonSchema({"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}),
]
WebAddress = Annotated[str, PlainValidator(addresses.web_address), WithJsonSchema(_ADDRESS)]
PublicAddress = Annotated[str, PlainValidator(addresses.public_address), WithJsonSchema(_ADDRESS)]
SiteAddress = Annotated[str, PlainValidator(addresses.site_address), WithJsonSchema(_ADDRESS)]
Contact = Annotated[str, PlainValidator(addresses.contact), WithJsonSchema(_TEXT)]
Store = Annotated[
    str,
    PlainValidator(addresses.store),
    WithJsonSchema({"type": "string", "pattern": "^(sqlite|postgres).*://|\\$\\{"}),
]
_CONFIG = Config(subscriptions=(), store="sqlite:///ticker.db")
_SITE, _POLLING, _MATCHING, _PUBLISHING = _CONFIG.site, _CONFIG.polling, _CONFIG.matching, _CONFIG.publishing


class Form(BaseModel):
    """Keys and values of which none is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, values: object) -> object:
        """Take a known key with nothing behind it, perhaps all commented out, for one that is not there."""
        if not isinstance(values, dict):
            return values
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in values.items() if value is not None or key not in known}


class FollowForm(Form):
    """A place elsewhere."""

    title: Line
    """what the link says"""
    link: PublicAddress
    """where the link leads"""


class SiteForm(Form):
    """How the reading page and the merged feeds present themselves."""

    title: Line = _SITE.title
    """the name of the site, above the ticker and in every feed"""
    link: SiteAddress | None = None
    """the public address of the site; without it, http://HOST:PORT/"""
    description: Text = _SITE.description
    """one line about the site, for the feeds and for search engines"""
    language: PageLanguage = _SITE.language
    """the language of the page itself: en, nl, fr or ar"""
    timezone: Timezone = _SITE.timezone
    """whose clock the ticker shows, such as Europe/Amsterdam"""
    follow: tuple[FollowForm, ...] = ()
    """“follow us” links: plain links, without trackers"""
    share: tuple[Share, ...] = _SITE.share
    """what is offered under an article: copy, mail, or plain links to share it elsewhere, such as whatsapp"""
    images: Images = _SITE.images
    """images in articles: direct from their publisher, through a proxy of ours, or none"""
    index_articles: bool = _SITE.index_articles
    """whether search engines may list the pages of articles; they are excerpts of their publishers' work"""


class PollForm(Form):
    """How publishers are asked."""

    every: Duration = _POLLING.every
    """how often a feed is asked that says nothing else"""
    floor: Duration = _POLLING.floor
    """nothing is asked sooner than this, whatever a feed or a server says"""
    timeout: Duration = _POLLING.timeout
    """for a whole request, to the last byte"""
    max_body: Size = _POLLING.max_body
    """the largest document that is taken, after decompression"""
    max_entries: Count = _POLLING.max_entries
    """how many entries are taken from one document; the newest"""
    per_host: Count = _POLLING.per_host
    """how many requests at once to one host"""
    allow_networks: tuple[Network, ...] = ()
    """private networks that may be asked, such as 127.0.0.0/8; none by default"""
    contact: Contact | None = Field(default=None, alias="user_agent_contact")
    """a page or an e-mail address where publishers can reach you; part of every request"""


class DedupeForm(Form):
    """What counts as the same headline."""

    window: Duration = _MATCHING.window
    """how far apart in time two copies of a headline may be"""
    stories: Flag = _MATCHING.stories
    """whether the headlines of one event are folded into a story"""
    same: tuple[Pair, ...] = ()
    """pairs (links, ids or titles) that are one headline, whatever the matcher thinks"""
    different: tuple[Pair, ...] = ()
    """pairs (links, ids or titles) that are not one headline"""


class PublishForm(Form):
    """What the merged feeds hold."""

    items: Count = _PUBLISHING.items
    """how many items each feed document has"""
    hub: PublicAddress | None = None
    """the WebSub hub that is told of news"""


class RuleForm(Form):
    """Matches an entry in which every pattern is found."""

    title: Pattern | None = None
    """a regular expression, looked for in the title"""
    summary: Pattern | None = None
    """a regular expression, looked for in the summary"""
    author: Pattern | None = None
    """a regular expression, looked for in each author's name"""
    category: Pattern | None = None
    """a regular expression, looked for in each category"""
    link: Pattern | None = None
    """a regular expression, looked for in the link"""

    @model_validator(mode="after")
    def _with_a_pattern(self) -> RuleForm:
        if not any(pattern for _, pattern in self):
            remedy = "write {title: …}, or summary, author, category or link"
            raise kinds.UnfitError("", "a rule without a pattern", remedy)
        return self


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class FeedForm(Form):
    """A feed, in full."""

    url: WebAddress
    """the address of the feed (http or https)"""
    key: Key | None = None
    """a stable name; keeps the history when the url changes; default: made from the title or host"""
    title: Line | None = None
    """what readers see as the source; default: what the feed calls itself"""
    categories: Annotated[
        tuple[Line, ...], BeforeValidator(_as_list, json_schema_input_type=Line | tuple[Line, ...])
    ] = ()
    """what its headlines are filed under: one word, or a list"""
    language: Language | None = None
    """its language, such as nl, fr, ar or en; default: what the feed says"""
    priority: Priority = 0
    """the highest leads a headline that several sources carry"""
    every: Duration | None = None
    """how often it is asked; default: what poll says"""
    dedupe: Flag = True
    """false: its headlines stand alone"""
    wait_with_host: Flag = True
    """false: asked though another feed of its host was told to wait; what it was told itself it obeys"""
    keep: tuple[RuleForm, ...] = ()
    """rules: if there are any, only entries that match one of them are taken"""
    drop: tuple[RuleForm, ...] = ()
    """rules: entries that match one of them are not taken"""


def _in_full(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


class ConfigForm(Form):
    """Everything that feeds.yaml may say."""

    site: SiteForm = Field(default_factory=SiteForm)
    """how the reading page and the merged feeds present themselves"""
    store: Store = _CONFIG.store
    """where headlines are kept: an SQLite file, relative to feeds.yaml, or a PostgreSQL address"""
    poll: PollForm = Field(default_factory=PollForm)
    """how publishers are asked"""
    keep: Duration = _CONFIG.keep
    """how long headlines are kept"""
    dedupe: DedupeForm = Field(default_factory=DedupeForm)
    """what counts as the same headline"""
    publish: PublishForm = Field(default_factory=PublishForm)
    """what the merged feeds hold"""
    feeds: tuple[
        Annotated[FeedForm, BeforeValidator(_in_full, json_schema_input_type=WebAddress | FeedForm)], ...
    ]
    """list the feeds under it, each an address, or keys and values of which one is url"""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of feeds.yaml, for editors."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **ConfigForm.model_json_schema(schema_generator=_AsWritten),
        "title": "feeds.yaml",
    }


class _AsWritten(GenerateJsonSchema):
    """Shows defaults as an admin would write them."""

    def encode_default(self, dft: Any) -> Any:
        return kinds.as_written(dft) if isinstance(dft, timedelta) else super().encode_default(dft)
