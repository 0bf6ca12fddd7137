"""Running the bot from the chat."""
