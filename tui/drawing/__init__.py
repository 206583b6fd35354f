"""From the session to rows of styled text: pure functions that know no widget."""
