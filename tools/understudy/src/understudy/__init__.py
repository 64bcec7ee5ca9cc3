"""An AWS-compatible stand-in for Comprehend, Personalize and Bedrock."""
