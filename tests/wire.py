"""The whole way of a push with a clock that stands still: a program, its pages on loopback, and a hub."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from hub import Hub, Said, atom
from newsdesk import Newsdesk
from newsroom import configuration, subscription
from pebble import ProcessPool
from publisher import Answer, Publisher
from werkzeug.serving import make_server

from aggregator.model import Choice, Config, FeedHealth, Publishing, Push, Site
from aggregator.shells.web import create_app, front
from aggregator.store import Store


class Wire:
    """A program on one store, whose pages hubs can reach; it follows one feed of *publisher*, /feed."""

    def __init__(self, url: str, workers: ProcessPool, publisher: Publisher, ends: ExitStack) -> None:
        self.publisher, self.hub = publisher, Hub(publisher)
        self.store = Store(url)
        self.store.create()
        ends.callback(self.store.close)
        self.desk = Newsdesk(self.store, workers)
        ends.callback(self.desk.close)
        app = create_app(self.store, self.desk.clock)
        pages = make_server("127.0.0.1", 0, front(app, self.store, self.desk.clock, recheck=0), threaded=True)
        ends.callback(pages.server_close)
        ends.callback(pages.shutdown)
        threading.Thread(target=pages.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.address = f"http://127.0.0.1:{pages.server_port}/"
        self.topic = publisher.url("/feed")
        self.feed = subscription("dijkpost", url=self.topic)
        if not self.store.peek():  # else it is started again, with what feeds.yaml says then
            self.accept()

    def accept(self, link: str | None = None, feeds: bool = True, hub: str | None = None) -> Config:
        """Go on with that feeds.yaml."""
        config = configuration(
            *([self.feed] if feeds else []),
            site=Site(title="De Draad", link=link or self.address, language="nl"),
            polling=self.desk.polling,
            publishing=Publishing(hub=hub),
        )
        self.desk.accept(config)
        return config

    def offer(self, *entries: str, hub: str | None = None) -> None:
        """Let the publisher answer with a feed that names its hub."""
        self.publisher.answers["/feed"] = Answer(atom(hub or self.hub.url, self.topic, *entries))

    def subscribe(self, *entries: str, lease: str = "864000") -> Said:
        """Poll the feed, ask its hub for a subscription, and have that verified."""
        self.offer(*entries)
        self.desk.poll()
        self.desk.correspond()
        return self.hub.verify(self.hub.granted, lease)

    def deliver(self, *entries: str, **how: str) -> Said:
        """Have the hub deliver a feed with these entries, and the program read what came."""
        said = self.hub.deliver(atom(self.hub.url, self.topic, *entries), **how)
        self.desk.correspond()
        return said

    def titles(self) -> list[str]:
        return sorted(headline.entry.title for headline in self.store.ticker(Choice(), None, 100))

    def health(self) -> FeedHealth:
        return self.store.health(self.desk.now)[0]

    def push(self) -> Push:
        found = self.health().push
        assert found is not None
        return found
