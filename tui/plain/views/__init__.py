"""What `v` goes through, told: each view's picture in sentences and numbers."""
