"""The screen as one frozen value, and what each key makes of it. Nothing here draws."""
