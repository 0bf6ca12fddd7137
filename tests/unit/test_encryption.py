"""Sealed values, whole and damaged."""

from __future__ import annotations

import pytest

from storage.encryption import CannotDecrypt, Vault
from tests.support.databases import KEY


def test_a_value_that_was_cut_off_anywhere_is_told_as_damaged() -> None:
    vault = Vault([KEY])
    sealed = vault.seal(b"Li Wei", "people.name", 7)
    assert vault.open(sealed, "people.name", 7) == b"Li Wei"
    for length in range(len(sealed)):
        with pytest.raises(CannotDecrypt):
            vault.open(sealed[:length], "people.name", 7)
    assert list(vault.open_all([(7, sealed[:9]), (7, sealed)], "people.name")) == [None, b"Li Wei"]
