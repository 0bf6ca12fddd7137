"""What anybody may hear at any time."""

WELCOME = "Welcome to Nuanxin"
HELP_PAGE = "What I can do"
NOT_UNDERSTOOD = "Send me your location and I'll show you the nearest station. See what else I can do: /help"
STAFF_ONLY = "Only the staff in charge can do that."
ANSWER = "✍ Answer"
"""Under a question that another person has asked."""
