"""The config file, and the settings that are changed in the chat."""
