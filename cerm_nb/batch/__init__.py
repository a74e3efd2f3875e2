"""Run every question for every client: plan the order, execute with papermill, publish atomically."""
