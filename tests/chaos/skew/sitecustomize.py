"""Sets the wall clock of a process off by `ENCORE_CHAOS_SKEW_S` seconds; monotonic clocks stay true.

Python loads this module at the start of every process that has its folder on `PYTHONPATH`, so the services
under test run unchanged.
"""

import os
import time

if skew_s := float(os.environ.get("ENCORE_CHAOS_SKEW_S", "0")):
    import time_machine  # only in processes whose clock is wrong

    time_machine.travel(time.time() + skew_s, tick=True).start()
