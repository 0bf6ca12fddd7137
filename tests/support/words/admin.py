"""Pages of admins, and what they do to others."""

ROLES_PAGE = "What do you want to change?"
ASKED_FOR_PERSON = "Who? Share their contact"
YES_CHANGE = "✔"
SETTINGS_PAGE = "Settings"
HOTLINE = "☎️ Hotline"
SYSTEM_PAGE = "System"
BLOCKED_UNTIL = "You can't use this bot until"
