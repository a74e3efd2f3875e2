"""One room per question: pure functions that compute and do nothing else."""
