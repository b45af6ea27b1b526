"""The tables. What a column means stands beside it; how they came about stands in migrations/."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC.

    SQLite has no type for it and drops time zones; a number is exact, sorts, and reads faster than text.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


# SQLite numbers rows by itself only in a column of its own type INTEGER.
RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One row: what the whole store agrees on. Whoever writes locks it, so writers take turns.
desk = sa.Table(
    "desk",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),  # moves with every change that a reader could see
    sa.Column("next_entry", sa.BigInteger, nullable=False),  # numbers are never used again
    sa.Column("next_headline", sa.BigInteger, nullable=False),
    sa.Column("config", sa.Text),  # the configuration that was last accepted, as JSON
    sa.Column("config_error", sa.Text),  # what is wrong with the file as it stands now
    sa.Column("renewed", Instant),  # when all that is published last changed at once
    sa.Column("headlines", sa.BigInteger, nullable=False, server_default="0"),  # rows, counted as they come
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("url", sa.Text, nullable=False),  # as feeds.yaml has it
    sa.Column("moved_to", sa.Text),  # the address that a permanent redirect gave us
    sa.Column("host", sa.Text, nullable=False),  # of the address that is asked
    sa.Column("active", sa.Boolean, nullable=False),  # False: no longer in feeds.yaml
    sa.Column("name", sa.Text, nullable=False),  # shown: the admin's title, or else the feed's
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("subscription", sa.Text, nullable=False),  # as JSON
    sa.Column("about", sa.Text),  # what the feed said of itself, as JSON
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.LargeBinary, nullable=False),
    sa.Column("item_hashes", sa.LargeBinary, nullable=False),
    sa.Column("last_polled", Instant),
    sa.Column("last_changed", Instant),  # when it last brought news
    sa.Column("next_due", Instant, nullable=False),
    sa.Column("not_before", Instant, nullable=False),  # what the publisher asked, even of a manual poll
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", Instant),
    sa.Column("error", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("waiting", sa.Boolean, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", Instant),
    sa.Column("answered_by", sa.Text, nullable=False, server_default=""),  # host it led to; '': itself
    sa.Column("fresh_for", sa.BigInteger),  # seconds, as the last answer said
    sa.Column("skip_hours", sa.Integer, nullable=False, server_default="0"),  # a bit for each hour, GMT
    sa.Column("skip_days", sa.Integer, nullable=False, server_default="0"),  # a bit for each day from Monday
    sa.Column("weight", sa.BigInteger, nullable=False, server_default="0"),  # of the last whole body, packed
    sa.Column("marked", sa.Text, nullable=False, server_default=""),  # the body that broke its reader
    sa.Column("wait_with_host", sa.Boolean, nullable=False, server_default=sa.true()),  # as feeds.yaml has it
    sa.Column("lease_at", sa.Text, nullable=False, server_default=""),  # host that is being asked; '': none
    sa.Column("hub", sa.Text, nullable=False, server_default=""),  # WebSub, as the feed names it; '': none
    sa.Column("topic", sa.Text, nullable=False, server_default=""),  # what its hub calls it
    sa.Column("pushed_until", Instant),  # deliveries come: it is polled less often
    sa.Column("entries", sa.BigInteger, nullable=False, server_default="0"),  # rows, counted as they come
    sa.Index(None, "next_due"),
    # Both are looked for every second, and stand behind much else in a row.
    sa.Index(None, "hub", sqlite_where=sa.text("hub <> ''"), postgresql_where=sa.text("hub <> ''")),
    sa.Index(
        None,
        "pushed_until",
        sqlite_where=sa.text("pushed_until IS NOT NULL"),
        postgresql_where=sa.text("pushed_until IS NOT NULL"),
    ),
)

hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("wait_until", Instant, nullable=False),
)

# Our own log of what we asked, for a week.
requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("feed", sa.BigInteger, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("conditional", sa.Boolean, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("saved", sa.BigInteger, nullable=False),
    sa.Column("waited", sa.Boolean, nullable=False),
    sa.Column("broken", sa.Text),
    sa.Index(None, "at"),
)

headlines = sa.Table(
    "headlines",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("guid", sa.Text, nullable=False, unique=True),
    sa.Column("lead", sa.BigInteger, nullable=False),  # the entry that speaks for it
    sa.Column("story", sa.BigInteger),  # the headline that founded it; its own number if it stands alone
    sa.Column("under", sa.BigInteger),  # the headline that speaks for its story, if that is another one
    sa.Column("published", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False),
    sa.Column("changed", Instant, nullable=False),
    sa.Column("held", sa.Text),  # why it is kept out of the ticker; NULL for all that is shown
    sa.Column("merged_into", sa.BigInteger),  # the headline that has its entries, by the admin's word
    sa.Index(None, "published", "id"),
    sa.Index(None, "story"),
    sa.Index(None, "changed"),
    sa.Index(
        None, "held", sqlite_where=sa.text("held IS NOT NULL"), postgresql_where=sa.text("held IS NOT NULL")
    ),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.ForeignKey("feeds.id"), nullable=False),
    sa.Column("uid", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("headline", sa.ForeignKey("headlines.id"), nullable=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("link", sa.Text),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("image", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("details", sa.Text, nullable=False),  # authors, categories, enclosures, as JSON
    sa.Column("published", Instant, nullable=False),
    sa.Column("updated", Instant),
    sa.Column("dated", sa.Boolean, nullable=False),
    sa.Column("comments", sa.Integer),
    sa.Column("comments_link", sa.Text),
    sa.Column("comments_feed", sa.Text),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("alone", sa.Boolean, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("link_key", sa.Text, nullable=False),
    sa.Column("title_key", sa.Text, nullable=False),
    sa.Column(
        "words", sa.LargeBinary, nullable=False, server_default=sa.text("''")
    ),  # as de-duplication packs them
    sa.Column("rule", sa.Text, nullable=False),  # why it is in its headline
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("matched", sa.BigInteger),  # the entry that it was thought to be a copy of
    sa.Column("reasons", sa.Text, nullable=False, server_default=""),  # words and refusals, as JSON
    sa.Column("revision", sa.BigInteger, nullable=False),  # of the desk, when the row last changed
    sa.Index(None, "headline"),
    sa.Index(None, "revision"),
    sa.Index(None, "feed", "link_key"),
)

# What each feed brought, day by day, for a month (tallies.py).
tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("feed", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),  # days since 1970, of UTC
    sa.Column("entries", sa.Integer, nullable=False),  # that are dated on it
    sa.Column("copies", sa.Integer, nullable=False),  # of these, whose headline was there already
    sa.Column("waits", sa.Text, nullable=False),  # how many were asked for how late
)

# What narrows the ticker: category:sport, language:nl, source:nos. With the time, so that a page of any
# narrowing is one short walk along an index.
terms = sa.Table(
    "terms",
    metadata,
    sa.Column("term", sa.Text, primary_key=True),
    sa.Column("published", Instant, primary_key=True),
    sa.Column("headline", sa.ForeignKey("headlines.id"), primary_key=True),
    sa.Index(None, "headline"),
)

headline_titles = sa.Table(
    "headline_titles",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("headline", sa.ForeignKey("headlines.id"), nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False),  # whose title it was
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Index(None, "headline"),
)

# How often words were met, language by language, so that a restart is not a cold start.
frequencies = sa.Table(
    "frequencies",
    metadata,
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("counts", sa.LargeBinary, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),  # of the desk, up to which headlines are counted
)

# What was moved because feeds.yaml says so, and where it had been.
overrides = sa.Table(
    "overrides",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # same or different
    sa.Column("one", sa.Text, nullable=False),  # the pair as feeds.yaml has it
    sa.Column("other", sa.Text, nullable=False),
    sa.Column("entry", sa.BigInteger, nullable=False),
    sa.Column("before", sa.BigInteger, nullable=False),  # its headline, or with kind "story" its story
    sa.Column("after", sa.BigInteger, nullable=False),
)

# Days that are over, in parts if need be, each as it was when it ended (RFC 5005, 4).
archives = sa.Table(
    "archives",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # YYYY-MM-DD, the second part YYYY-MM-DD/2
    sa.Column("previous", sa.Text),  # the name of the archive before it
    sa.Column("following", sa.Text, nullable=False),  # the name of the one after it
    sa.Column("last", sa.BigInteger, nullable=False),  # headline: those after it are in later archives
    sa.Column("made", Instant, nullable=False),
    sa.Column("snapshot", sa.LargeBinary, nullable=False),  # site and headlines, as JSON, deflated
)

# Entries that retention has dropped, for as long as their publishers still list them: they are no news.
dropped = sa.Table(
    "dropped",
    metadata,
    sa.Column("uid", sa.LargeBinary, primary_key=True),
    sa.Column("seen", Instant, nullable=False),
    sa.Index(None, "seen"),
)

# What hubs were asked to deliver. Rows that are not wanted any more answer for their callbacks for a while.
hub_subscriptions = sa.Table(
    "hub_subscriptions",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("feed", sa.BigInteger, nullable=False),
    sa.Column("hub", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),  # our own address, that the callback is below
    sa.Column("token", sa.Text, nullable=False, unique=True),  # the last part of the callback
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("wanted", sa.Boolean, nullable=False),  # False: to be ended, or ended
    sa.Column("asked", sa.Text, nullable=False),  # subscribe or unsubscribe, until verified; '': nothing
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("lease_until", Instant),  # as the hub confirmed; NULL: it has not
    sa.Column("next_try", Instant, nullable=False),  # when to write to the hub again
    sa.Column("failures", sa.Integer, nullable=False),  # letters in a row that brought no verification
    sa.Column("error", sa.Text),  # the hub's last word, if that was no
    sa.Column("last_delivery", Instant),
    sa.Column("refused", sa.Integer, nullable=False),  # deliveries whose signature was wrong
    sa.Index(None, "feed"),
)

# What hubs delivered: whole until it was read, then its digest, by which a replay is known.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("subscription", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("received", Instant, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),  # as JSON
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("weight", sa.BigInteger, nullable=False),  # bytes of the body; 0 once it was read
    sa.Column("done", sa.Boolean, nullable=False),
    sa.Column("taken_until", Instant),  # a program is reading it
    sa.UniqueConstraint("subscription", "digest"),
    sa.Index(None, "done", "subscription"),
)

# What our own hubs were told.
hub_told = sa.Table(
    "hub_told",
    metadata,
    sa.Column("hub", sa.Text, primary_key=True),
    sa.Column("until", Instant, nullable=False),  # changes up to then were told
    sa.Column("last_told", Instant),
    sa.Column("next_try", Instant, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
)

# What readers want to see, and saw, of the reactions to an entry: only what somebody asked for.
reactions = sa.Table(
    "reactions",
    metadata,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.BigInteger, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),  # of that address
    sa.Column("wanted", Instant, index=True),  # since when a reader waits; NULL: none does
    sa.Column("taken_until", Instant),  # by whoever asks for it
    sa.Column("read", Instant),  # when its publisher last answered
    sa.Column("not_before", Instant),  # when he may be asked again
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("error", sa.Text),  # what was wrong with the last answer
    sa.Column("items", sa.Text, nullable=False, server_default=""),  # as JSON, oldest first
)
