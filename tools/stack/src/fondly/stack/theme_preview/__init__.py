"""A theme as it looks on phone and desktop, in light and dark, and as text; live while its files change."""
