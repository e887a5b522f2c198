"""What `spark-submit` runs: the command line, where the package comes by `--py-files`."""

import sys

from pipemine_spark.__main__ import main

sys.exit(main())
