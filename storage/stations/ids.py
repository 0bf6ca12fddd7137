"""The keys of stations, and the ids of searches and of proposals."""

from typing import NewType

StationKey = NewType("StationKey", int)
"""The primary key. A station's `id` is the text that an import names it by."""
SearchId = NewType("SearchId", int)
NO_SEARCH = SearchId(0)
"""Of a station's page that was not opened from a list."""
ProposalId = NewType("ProposalId", int)
NO_PROPOSAL = ProposalId(0)
"""Before all others."""
