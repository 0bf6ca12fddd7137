"""What the bot says and what stands on its buttons, as tests look for it: another wording is one edit here.

A text is as long as it must be to mean that one message. What a test is about stands in the test itself.
"""
