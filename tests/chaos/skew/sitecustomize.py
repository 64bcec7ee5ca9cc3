"""Shifts a process's wall clock by `FONDLY_CHAOS_SKEW_S` seconds; monotonic clocks stay correct.

Python imports this module in every process that has its folder on `PYTHONPATH`, so the services under test
run unchanged.
"""

import os
import time

if skew_s := float(os.environ.get("FONDLY_CHAOS_SKEW_S", "0")):
    import time_machine  # only in processes with a skewed clock

    time_machine.travel(time.time() + skew_s, tick=True).start()
