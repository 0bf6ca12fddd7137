"""The parts of campaigns, in the order of their pages."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.agreements.part import PART as AGREEMENT
from handlers.campaigns.ballots.part import PART as BALLOTS
from handlers.campaigns.commitments.part import PART as COMMITMENTS
from handlers.campaigns.demands.part import PART as DEMANDS
from handlers.campaigns.parts import CampaignPart
from handlers.campaigns.surveys.part import PART as SURVEYS

PARTS: Sequence[CampaignPart] = (SURVEYS, DEMANDS, AGREEMENT, BALLOTS, COMMITMENTS)
"""A new part is one line here."""
