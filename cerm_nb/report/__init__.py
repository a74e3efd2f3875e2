"""An executed notebook becomes one HTML page that needs no network, and all pages of a run get an index."""

from cerm_nb.report.index_page import index
from cerm_nb.report.notebook_page import page
from cerm_nb.report.words import PageWords

__all__ = ["PageWords", "index", "page"]
