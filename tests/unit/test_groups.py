"""Tests that wait for the same thing run in one worker (pytest-xdist's groups, decision 0065)."""

from __future__ import annotations

import pytest

from tests.support.processes import waits


@waits
def test_whoever_hands_out_the_tests_knows_their_groups(request: pytest.FixtureRequest) -> None:
    """By their names. With pytest 9.2, pytest-xdist 3.8 gave them no other ones, and said nothing."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("only where tests are handed out by groups, as `make test` does")
    assert request.node.nodeid.endswith("@processes")
