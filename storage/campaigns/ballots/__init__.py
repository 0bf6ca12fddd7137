"""The secret ballot: papers with sealed envelopes, a box that trustees open, and a result that anybody recounts."""
