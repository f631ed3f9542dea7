"""Answers that give no page, with literals."""

import pytest

from newsarchive.judging import refusals

CHALLENGE = b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"


@pytest.mark.parametrize(
    ("status", "fields", "body", "reason", "policy"),
    [
        (404, {}, b"", "http_404", "gone"),
        (410, {}, b"", "http_410", "gone"),
        (451, {}, b"withheld", "http_451", "leave"),
        (403, {"server": "nginx"}, b"Forbidden", "blocked", "back_off"),
        (401, {}, b"", "blocked", "back_off"),
        (403, {"cf-mitigated": "challenge"}, b"", "challenge", "back_off"),
        (503, {"server": "cloudflare"}, CHALLENGE, "challenge", "back_off"),
        (429, {"x-datadome": "protected"}, b"", "challenge", "back_off"),
        (429, {}, b"slow down", "http_429", "retry"),
        (503, {}, b"maintenance", "http_503", "retry"),
        (500, {}, CHALLENGE, "http_500", "retry"),
    ],
)
def test_a_refusal_says_what_is_done_after_it(status: int, fields: dict, body: bytes, reason: str, policy: str):
    assert refusals.reason(status, fields, body) == reason
    assert refusals.policy(reason) == policy
