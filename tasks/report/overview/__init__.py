"""All runs of a results location on one page."""
