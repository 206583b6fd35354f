"""What `v` goes through, one file a view."""
