"""Who has spoken with the bot, roles, blocks."""
