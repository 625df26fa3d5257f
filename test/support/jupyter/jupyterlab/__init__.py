"""A JupyterLab that only opens its door."""

__version__ = "4.6.6"
