"""Campaigns, for those who run them and those who take part."""

CAMPAIGN_LIST = "Campaigns"
NOTHING_OPEN = "Nothing is open to you right now. I'll let you know when the union asks for your views."
