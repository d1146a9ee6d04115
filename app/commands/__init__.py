"""What the commands of the command line do. Each returns (JSON result, words for people, exit code)."""
