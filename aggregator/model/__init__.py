"""The words of the house: frozen values that pass from room to room. They import nothing of ours.

Atom's names; RSS `channel` and `item` are mapped on to them. Every datetime is aware and in UTC.
"""

from aggregator.model.asked import (
    Config,
    FollowLink,
    Matching,
    Polling,
    Publishing,
    Rule,
    Site,
    Subscription,
)
from aggregator.model.news import (
    FORMATS,
    Choice,
    Edition,
    Entry,
    Feed,
    FeedHealth,
    Format,
    FormerTitle,
    Headline,
    Html,
    Outcome,
    Source,
    State,
)
from aggregator.model.wire import (
    Document,
    Enclosure,
    Person,
    RawEntry,
    RawText,
    Request,
    Response,
    Validators,
)

__all__ = [
    "FORMATS",
    "Choice",
    "Config",
    "Document",
    "Edition",
    "Enclosure",
    "Entry",
    "Feed",
    "FeedHealth",
    "FollowLink",
    "Format",
    "FormerTitle",
    "Headline",
    "Html",
    "Matching",
    "Outcome",
    "Person",
    "Polling",
    "Publishing",
    "RawEntry",
    "RawText",
    "Request",
    "Response",
    "Rule",
    "Site",
    "Source",
    "State",
    "Subscription",
    "Validators",
]
