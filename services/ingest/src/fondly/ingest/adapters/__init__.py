"""I/O behind the rules: S3 objects, files on disk, the scratch database."""
