"""State and size to rows of styled text. Nothing here changes anything."""
