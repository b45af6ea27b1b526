"""The way through: refresh and publish. The only modules that name two rooms."""

from aggregator.pipeline.inspecting import Finding, inspect
from aggregator.pipeline.publishing import edition, feed_document, sources_document
from aggregator.pipeline.refreshing import Refresher
from aggregator.pipeline.workers import Workers

__all__ = ["Finding", "Refresher", "Workers", "edition", "feed_document", "inspect", "sources_document"]
