"""Networks, formulas and training: everything that computes, and nothing that shows.

NumPy's matrix products would start a thread for each processor, which costs small networks more than it
gives and makes the order of summation depend on the machine. One thread, set before NumPy loads.
"""

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
