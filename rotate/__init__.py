"""Keep the registry secrets of GitHub Codespaces fresh with short-lived ECR tokens."""

__version__ = "0.1.0"
