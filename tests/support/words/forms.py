"""What all forms have in common."""

CONSENT_PAGE = "Before the first question"
RECEIVED_SO_FAR = "✓ Received ({n} so far). Send more, or press “That's all”."
RECEIVED = RECEIVED_SO_FAR.partition(" (")[0]
FOR_HOW_LONG = "For how long?"
REVIEW_PAGE = "Is everything correct?"
SKIP = "Skip"
NO_MORE = "✔ That's all"
SEND = "✔ Send"
