"""``python -m torq_gen``."""

from torq_gen.cli import main

raise SystemExit(main())
