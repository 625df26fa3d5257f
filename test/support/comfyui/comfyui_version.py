# The version this stand-in claims; read as text by installers, so it stays one plain assignment.
__version__ = "0.33.0"
