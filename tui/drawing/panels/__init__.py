"""What opens over the prose, one file a panel."""
