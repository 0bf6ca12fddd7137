"""What measurements share: the fake Telegram, peers, processes, the report."""
