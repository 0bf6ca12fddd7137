"""The result of the talks in the chat, what was promised, and whether riders find it kept."""
