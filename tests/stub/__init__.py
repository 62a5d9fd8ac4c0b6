"""A stub OpenAI server with exact timings and faults on request, run as a process of its own."""
