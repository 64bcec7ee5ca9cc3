"""The world behind the rules: S3 downloads, files on disk, the scratch database."""
