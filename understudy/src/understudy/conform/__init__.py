"""A suite of checks that show whether an endpoint answers as AWS does: understudy's, or AWS's own."""
