"""What `encore init` and `encore config` ask and show."""
