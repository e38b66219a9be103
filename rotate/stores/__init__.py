"""Where secrets go: GitHub's secret stores, and room for others."""
