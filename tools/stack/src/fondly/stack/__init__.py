"""The embedded stack: emulator, understudy, provisioner, sample data and the demo."""
