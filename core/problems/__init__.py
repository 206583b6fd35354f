"""What an iteration starts from: network, samples, error, optimizer, settings."""
