"""Settings, errors, backups and queues of the bot itself."""
