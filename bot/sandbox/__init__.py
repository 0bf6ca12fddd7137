"""Telegram on loopback: a Bot API and a phone in the browser, to try the bot without a token, and for the tests."""
