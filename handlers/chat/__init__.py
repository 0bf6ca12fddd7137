"""What every conversation is made of: talk, routes, forms, rights."""
