"""What somebody can do today, before or instead of bringing a case: a page for each kind of each desk."""
