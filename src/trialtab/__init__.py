"""trialtab: from trial reports to an evidence table. Rules, no language model."""

__version__ = "0.1.0"
