"""What a page is that came where an article was asked for: pure decisions, each with its reason."""
