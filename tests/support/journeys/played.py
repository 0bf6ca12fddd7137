"""The eighteen journeys, in the order of the review of 0.7."""

from __future__ import annotations

from tests.support.journeys import desks, members, office, riders
from tests.support.journeys.journey import Journey

JOURNEYS = (
    Journey(1, "First start", "start, location, list", riders.first_start),
    Journey(2, "Stations", "filter for a toilet, station page, report", riders.filtered),
    Journey(3, "Live location", "the key, live, send", riders.live_location),
    Journey(4, "Activity", "/activities, the card, sign up with a guest", riders.activity),
    Journey(5, "Activity full", "/activities, waiting list, take the offer, give it back", riders.full_activity),
    Journey(6, "Reminder", "2 h before", riders.reminder),
    Journey(7, "Join", "/join to the receipt, without what is optional", members.join),
    Journey(8, "Review", "from the notice to the approval", members.review),
    Journey(9, "Legal case", "/legal to the case number, without what is optional", desks.legal),
    Journey(10, "Care with danger words", "/care until it is sent", desks.care),
    Journey(11, "Aid", "/aid, save, resume, send", desks.aid),
    Journey(12, "Suggestion", "anonymous", desks.suggestion),
    Journey(13, "Broadcast", "/broadcast until it is sent", office.broadcast),
    Journey(14, "New activity", "/activity until it is published", office.new_activity),
    Journey(15, "Door", "/checkin to the code", office.door),
    Journey(16, "Admin", "/role for a colleague, until the roles stand there", office.admin),
    Journey(17, "Privacy", "copy, erase", riders.privacy),
    Journey(18, "Language", "/language, choose", riders.language),
)
