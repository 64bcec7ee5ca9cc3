"""What `fondly init` and `fondly config` ask and show."""
