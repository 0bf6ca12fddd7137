"""Activities, for those who come."""

SIGN_UP = "✅ Sign up"
HAS_PLACE_NUMBER = "✅ You have a place. Your number: {n}."
HAS_PLACE = HAS_PLACE_NUMBER.partition(" Your")[0]
