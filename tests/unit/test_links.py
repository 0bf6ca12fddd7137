"""Links lead where they say."""

from __future__ import annotations

import pytest

from handlers.inputs.link import NotALink, host_of, read_link


@pytest.mark.parametrize(
    ("text", "address", "host"),
    [
        ("https://example.org/form", "https://example.org/form", "example.org"),
        ("HTTPS://Example.org/Form", "https://example.org/Form", "example.org"),
        ("http://德州工会.cn/", "http://xn--6oqu37ava67p.cn/", "德州工会.cn"),
        ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),
        ("http://[::1]:8080/", "http://[::1]:8080/", "::1"),
    ],
)
def test_a_link_is_shown_by_its_host(text: str, address: str, host: str) -> None:
    assert str(read_link(text)) == address
    assert host_of(address) == host


@pytest.mark.parametrize(
    "text",
    [
        "https://user:pass@bank.example@evil.example/",
        "https://bank.example@evil.example/",
        "https://@evil.example/",
        "https://bank.example\\@evil.example/",
        "https://ex\u0430mple.org/",  # one Cyrillic letter
        "https://example.org/\u202egnp",
        "https://דוגמה.org/",
        "http://[::1",
        "https:///path",
        "https://a..b/",
        "https://example.org:99999/",
        "javascript:alert(1)",
        "tg://user?id=1",
        "example.org",
        "https://example.org/" + "x" * 300,
    ],
)
def test_what_hides_where_it_leads_is_refused(text: str) -> None:
    with pytest.raises(NotALink):
        read_link(text)
