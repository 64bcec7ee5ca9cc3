"""What every email must keep, checked on finished messages: `make check-emails`."""
