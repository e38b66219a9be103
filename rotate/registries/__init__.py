"""Where credentials come from: ECR, ECR Public, and room for others."""
