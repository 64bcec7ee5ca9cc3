"""The scaling rules of `infra/modules/service`, run minute by minute against late and missing metrics."""
