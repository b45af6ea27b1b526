from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from publisher import Answer, Publisher, redirect

from aggregator.errors import FeedError
from aggregator.fetch import Client
from aggregator.model import Polling, Request, Response

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
Ask = Callable[..., dict[str, Response | FeedError]]

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="makes its certificates with openssl")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of our own for 127.0.0.1, and its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    _openssl(folder, *NEW, "-x509", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1", "-out", "cert")
    return _joined(folder)


@pytest.fixture(scope="session")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    (folder / "index").touch()
    (folder / "conf").write_text(CA)
    _openssl(folder, *NEW, "-out", "asked")
    dates = ("-startdate", "20200101000000Z", "-enddate", "20200102000000Z")
    _openssl(
        folder,
        "ca",
        "-config",
        "conf",
        "-batch",
        "-selfsign",
        "-notext",
        *dates,
        "-in",
        "asked",
        "-out",
        "cert",
    )
    return _joined(folder)


NEW = (
    "req",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-subj",
    "/CN=p",
    "-keyout",
    "key",
)
CA = """
[ca]
default_ca = own
[own]
database = index
new_certs_dir = .
rand_serial = yes
private_key = key
default_md = sha256
policy = any
x509_extensions = named
[any]
commonName = supplied
[named]
subjectAltName = IP:127.0.0.1
"""


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _joined(folder: Path) -> Path:
    both = folder / "both.pem"
    both.write_bytes((folder / "key").read_bytes() + (folder / "cert").read_bytes())
    return both


def _publisher(certificate: Path) -> Publisher:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return Publisher(tls=context)


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Must stand before *client*: authorities are read when it is made."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_a_certificate_of_an_authority_that_we_trust_is_taken(
    trusted: None, certificate: Path, ask: Ask
) -> None:
    with _publisher(certificate) as publisher:
        publisher.answers["/feed"] = Answer(b"<rss/>")
        answer = ask(Request("wire", publisher.url("/feed")))["wire"]
    assert isinstance(answer, Response)
    assert answer.body == b"<rss/>"


def test_a_self_signed_certificate_is_told_and_nothing_is_asked(certificate: Path, ask: Ask) -> None:
    with _publisher(certificate) as publisher:
        error = ask(Request("wire", publisher.url("/feed")))["wire"]
    assert isinstance(error, FeedError)
    assert error.message.startswith("the certificate of 127.0.0.1 is self-signed")
    assert publisher.log == []


def test_a_certificate_for_another_name_is_told(trusted: None, certificate: Path, ask: Ask) -> None:
    with _publisher(certificate) as publisher:
        error = ask(Request("wire", publisher.url("/feed", "127.0.0.2")))["wire"]
    assert isinstance(error, FeedError)
    assert error.message.startswith("the certificate of 127.0.0.2 is for another name")


def test_an_expired_certificate_is_told(
    expired: Path, polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(expired))
    client = Client(polling, "test")
    with _publisher(expired) as publisher:
        client.add(Request("wire", publisher.url("/feed")))
        [(_, error)] = client.wait(30, NOW)
    client.close()
    assert isinstance(error, FeedError)
    assert error.message.startswith("the certificate of 127.0.0.1 has expired")


def test_plain_text_on_a_tls_port_is_told(publisher: Publisher, ask: Ask) -> None:
    error = ask(Request("wire", publisher.url("/feed").replace("http:", "https:")))["wire"]
    assert isinstance(error, FeedError)
    assert "it answers plain text on a TLS port" in error.message


def test_a_redirect_from_https_down_to_http_is_refused(
    trusted: None, certificate: Path, publisher: Publisher, ask: Ask
) -> None:
    with _publisher(certificate) as secure:
        secure.answers["/feed"] = redirect(publisher.url("/feed"))
        error = ask(Request("wire", secure.url("/feed")))["wire"]
    assert isinstance(error, FeedError)
    told = f"refused to be redirected from https to http: {publisher.url('/feed')}; "
    assert error.message.startswith(told)
    assert publisher.log == []


def test_a_handshake_is_cheap_the_second_time(trusted: None, certificate: Path, ask: Ask) -> None:
    with _publisher(certificate) as publisher:
        publisher.answers["*"] = Answer(headers={"Connection": "close"})
        ask(publisher.url("/1"))
        ask(publisher.url("/2"))
    assert [asked.resumed for asked in publisher.log] == [False, True]
