"""The way through: refresh and publish. The only modules that name two rooms."""

from aggregator.pipeline.inspecting import Finding, inspect
from aggregator.pipeline.publishing import FeedDocument, feed_document, sources_document
from aggregator.pipeline.refreshing import Refresher
from aggregator.pipeline.workers import Workers

__all__ = [
    "FeedDocument",
    "Finding",
    "Refresher",
    "Workers",
    "feed_document",
    "inspect",
    "sources_document",
]
