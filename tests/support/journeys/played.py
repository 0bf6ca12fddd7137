"""The eighteen journeys, in the order of the review of 0.7."""

from __future__ import annotations

from tests.support.journeys import desks, members, office, riders
from tests.support.journeys.journey import Journey

JOURNEYS = (
    Journey(1, "First start, nearest station", "", "", riders.first_start),
    Journey(2, "Filter, station page, report", "", "", riders.filtered),
    Journey(3, "Live location", "", "", riders.live_location),
    Journey(4, "Activity: sign up with a guest", "", "", riders.activity),
    Journey(5, "Activity full", "", "", riders.full_activity),
    Journey(6, "Reminder 2 h before", "", "", riders.reminder),
    Journey(7, "Join", "", "", members.join),
    Journey(8, "Review", "", "", members.review),
    Journey(9, "Legal case", "", "", desks.legal),
    Journey(10, "Care with danger words", "", "", desks.care),
    Journey(11, "Aid with save and resume", "", "", desks.aid),
    Journey(12, "Suggestion, anonymous", "", "", desks.suggestion),
    Journey(13, "Broadcast", "", "", office.broadcast),
    Journey(14, "New activity", "", "", office.new_activity),
    Journey(15, "Door", "", "", office.door),
    Journey(16, "Admin", "", "", office.admin),
    Journey(17, "Privacy", "", "", riders.privacy),
    Journey(18, "Language", "", "", riders.language),
)
