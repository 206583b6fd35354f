"""Text that people wrote: problem files, tables, and where in them something is wrong."""
