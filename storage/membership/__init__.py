"""Applications, reviews, memberships."""
