"""Forms: what is asked, page by page, and what becomes of the answers."""
