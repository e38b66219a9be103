"""Who asks: GitHub's ID token, and the AWS session it is exchanged for."""
