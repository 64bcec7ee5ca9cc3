"""The page at `/`: what understudy has, what it was asked, and what went wrong."""

from understudy.page.page import Page

__all__ = ["Page"]
