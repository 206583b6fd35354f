"""The course as data: catalog, texts, problems and published examples, read into frozen values."""
